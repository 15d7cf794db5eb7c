package page

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"spanwise/lab/jaeger"
	"spanwise/lab/play"
)

const hostileName = `"><img src=//evil.example onerror=alert(1)><script>alert(2)</script>{{.}}` + "\u202e"

// Names and attributes in a trace are text, whatever they contain: nothing in them runs, and nothing is fetched.
func TestBrowserHostileAnswer(t *testing.T) {
	t.Parallel()
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	evil, err := json.Marshal(hostileName)
	if err != nil {
		t.Fatal(err)
	}
	document := strings.NewReplacer("EVIL", string(evil), "ID", id).Replace(`{"result":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name",
		"value":{"stringValue":EVIL}}]},"scopeSpans":[{"spans":[
		{"traceId":"ID","spanId":"0000000000000001","name":EVIL,"kind":2,"startTimeUnixNano":"1000000","endTimeUnixNano":"9000000","attributes":[{"key":EVIL,"value":{"stringValue":EVIL}}]},
		{"traceId":"ID","spanId":"0000000000000002","parentSpanId":"0000000000000001","name":EVIL,"kind":3,"startTimeUnixNano":"2000000","endTimeUnixNano":"8000000",
		 "attributes":[{"key":"db.system.name","value":{"stringValue":EVIL}}],"status":{"code":2,"message":EVIL}}]}]}]}}`)
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v3/services", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"services":[`+string(evil)+`]}`) })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, document) })
	traces := httptest.NewServer(mux)
	t.Cleanup(traces.Close)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Traceresponse", "00-"+id+"-0000000000000001-01")
		io.WriteString(w, hostileName)
	}))
	t.Cleanup(service.Close)
	server := serving(t, Site{Shop: play.New(service.URL, service.URL, service.URL), Traces: jaeger.New(traces.URL, http.DefaultTransport), Jaeger: traces.URL})
	ctx := browser(t)
	err = chromedp.Do(ctx, chromedp.Navigate(server.URL+"/requests?path=/%22%3E%3Cscript%3Ealert(3)%3C/script%3E"),
		chromedp.SetValue(chromedp.CSS(`#path`), `/"><script>alert(4)</script>`),
		focusBy(`form.custom button`), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(`.waterfall`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := eval(t, ctx, `document.querySelector(".waterfall").textContent`); !strings.Contains(got, "<script>alert(2)</script>") {
		t.Errorf("got no name as text in %q", got)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/?q=%22%3E%3Cscript%3Ealert(5)%3C/script%3E")); err != nil {
		t.Fatal(err)
	}
	if got := eval(t, ctx, `String(document.images.length + document.querySelectorAll("script:not([src])").length)`); got != "0" {
		t.Errorf("got %s elements that the names contain", got)
	}
}

// If Jaeger is down or does not answer, the page says so and goes on, without advice for a command line. It works again once Jaeger does.
func TestBrowserJaegerTrouble(t *testing.T) {
	t.Parallel()
	var mode atomic.Value
	mode.Store("down")
	released := make(chan struct{})
	release := sync.OnceFunc(func() { close(released) })
	server := startedWith(t, func(jaeger http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch mode.Load() {
			case "down":
				panic(http.ErrAbortHandler) // closes the connection
			case "frozen":
				<-released
			}
			jaeger.ServeHTTP(w, r)
		})
	})
	t.Cleanup(release)
	ctx := browser(t)
	send := []chromedp.Action[chromedp.Void]{chromedp.Navigate(server.URL + "/requests"), focusBy(`form.custom button`), chromedp.KeyEvent(kb.Enter)}
	for _, trouble := range []struct{ mode, want string }{{"down", "closed the connection"}, {"frozen", "did not answer in time"}} {
		mode.Store(trouble.mode)
		if err := chromedp.Do(ctx, append(send, chromedp.WaitVisible(chromedp.CSS(`form .error`)))...); err != nil {
			t.Fatal(err)
		}
		got := eval(t, ctx, `document.querySelector("form .error").textContent`)
		if !strings.Contains(got, "jaeger at http") || !strings.Contains(got, trouble.want) || strings.Contains(got, "try: -") {
			t.Errorf("%s: got %q", trouble.mode, got)
		}
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL), chromedp.WaitVisible(chromedp.CSS(`.group`))); err != nil {
			t.Fatal(err)
		}
	}
	mode.Store("up")
	release()
	if err := chromedp.Do(ctx, append(send, chromedp.WaitVisible(chromedp.CSS(`.waterfall`)))...); err != nil {
		t.Fatal(err)
	}
}

// Of two browsers that play at the same time, one waits for the other and says so. Both get a result.
func TestTwoBrowsers(t *testing.T) {
	t.Parallel()
	one, two, server := browser(t), browser(t), started(t)
	play := []chromedp.Action[chromedp.Void]{chromedp.Navigate(server.URL + "/scenarios/serial-calls"), focusBy(`form button`), chromedp.KeyEvent(kb.Enter)}
	if err := chromedp.Do(one, append(play, chromedp.WaitVisible(chromedp.CSS(`progress[max]`)))...); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(two, append(play, chromedp.WaitVisible(chromedp.CSS(`.progress`)))...); err != nil {
		t.Fatal(err)
	}
	waits := `document.querySelector(".progress span").textContent`
	for eval(t, two, waits) == "sent" {
	}
	if got := eval(t, two, waits); got != "waiting, because another scenario is being played" {
		t.Errorf("got %q", got)
	}
	if err := chromedp.Do(one, chromedp.WaitVisible(chromedp.CSS(`.gain`))); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(two, chromedp.WaitVisible(chromedp.CSS(`.gain`))); err != nil {
		t.Fatal(err)
	}
	if a, b := eval(t, one, `location.pathname`), eval(t, two, `location.pathname`); a != "/results/1" || b != "/results/2" {
		t.Errorf("got the results %s and %s, want two", a, b)
	}
}
