package fault

import (
	"net/http"
	"strings"
	"testing"
)

// With faults on, an unknown parameter is refused with the name that was probably meant; otherwise it is ignored.
func TestUnknownParameters(t *testing.T) {
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	tests := map[string]string{ // what the answer contains; "" if the request is accepted
		"fecth=each": "did you mean fetch?", "fetc=each": "did you mean fetch?", "fetchh=each": "did you mean fetch?", "FETCH=each": "did you mean fetch?",
		"latancy=order:1ms": "did you mean latency?", "limits=2": "did you mean limit?", "limit=2&retires=storm": "did you mean retries?",
		"x": "choose from limit, fetch,",
		"":  "", "&": "", "=1": "", "limit=2&fetch=each&limit=3": "", "l%69mit=2": "",
	}
	for query, want := range tests {
		got := answer(Middleware("order", true, []string{"limit"}, refuse)(ok), "/?"+query, "")
		if wanted := want == ""; wanted != (got.Code == http.StatusOK) || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: got %d %s, want %q", query, got.Code, got.Body, want)
		}
		if got := answer(Middleware("order", false, nil, refuse)(ok), "/?"+strings.ReplaceAll(query, "fetch=", ""), ""); got.Code != http.StatusOK {
			t.Errorf("%s: got %d %s with faults off, want it ignored", query, got.Code, got.Body)
		}
	}
}
