package explore

import (
	"runtime/debug"
	"strings"
	"testing"
)

// A file that would take more memory than the program may use is refused, however small it is compressed.
func TestAddWithinMemory(t *testing.T) {
	document := `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"07","spanId":"01","startTimeUnixNano":"1","endTimeUnixNano":"2"}]}]}]}` + "\n"
	file := strings.Repeat(document, 20<<20/len(document))
	e := New("http://localhost", nil, func(string) int { return 0 })
	if _, err := e.Add("same.json", strings.NewReader(file)); err != nil {
		t.Errorf("without a limit: %v", err)
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(96 << 20))
	const want = "same.json: larger than 16 MiB when unpacked (try: fewer traces)"
	if _, err := e.Add("same.json", strings.NewReader(file)); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
