package native

import (
	"net"
	"strconv"
	"testing"
)

// A suggested port is free, and not one that Linux may assign to an outgoing connection, even if the port in use is.
func TestSuggest(t *testing.T) {
	for _, n := range []int{8080, 32_700, 44_000, 65_535} {
		got := suggest(n)
		if got == n || got >= ephemeral {
			t.Errorf("got %d for %d, want another port below %d", got, n, ephemeral)
		}
		ln, err := net.Listen("tcp", host+":"+strconv.Itoa(got))
		if err != nil {
			t.Errorf("%d, for %d, is not free: %v", got, n, err)
			continue
		}
		ln.Close()
	}
}
