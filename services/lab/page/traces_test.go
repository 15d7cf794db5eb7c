package page

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"spanwise/lab/page/explore/exploretest"
)

// Every filter has an address, which shows the traces that match and the filter in the form. Its shortest form is the canonical one.
func TestTraces(t *testing.T) {
	j, server := explored(t)
	j.Add(loopID, time.Now(), loop()...)
	j.Add("000000000000000000000000000000cd", time.Now(), exploretest.Span{Service: "pricing", Name: "GET /prices", Duration: time.Millisecond, Attrs: map[string]string{"shop.order.id": "50"}})
	for path, want := range map[string][]string{
		"/traces":                                  {"2 traces", "GET /orders/{id}", "GET /prices", "n-plus-one", "✗ 1 error", "<option>inventory</option>"},
		"/traces?service=order&min=50ms&error=1":   {"1 trace<", "GET /orders/{id}", "<option selected>order</option>", `value="50ms"`, `value="1" checked`},
		"/traces?tag=shop.order.id%3D50":           {"1 trace<", "GET /prices", `value="shop.order.id=50"`},
		"/traces?max=1ms&service=":                 {"1 trace<", "GET /prices", `value="1ms"`},
		"/traces?service=nosuch":                   {"No traces with nosuch in the last 1h", "<option selected>nosuch</option>"},
		"/traces?min=soon":                         {`min: "soon" is not a duration (try: 50ms, 1.5s or 15m)`, `value="soon"`},
		"/traces?before=1700000000000000&last=24h": {"Newest"},
		"/traces/open?id=http://j/trace/" + loopID: {`data-from="/traces/` + loopID + `/data"`},
		"/traces/" + strings.ToUpper(loopID):       {".bin/doctor -jaeger " + j.URL + " " + loopID, "Download JSON", `id="finding-1"`},
		"/traces/nothing":                          {"is not a trace id"},
		"/traces/ffff":                             {"Jaeger does not have this trace"},
		"/traces/" + loopID + "/data":              {`"critical":[`, `"failed":[`},
		"/traces/" + loopID + "/download":          {`"resourceSpans"`},
		"/traces/rows?since=1":                     {`data-id="` + loopID + `"`},
		"/traces/rows?since=x":                     {"want a filter and the time"},
		"/files/viewer.css":                        {"#rows"},
		"/files/viewer.js":                         {"import"},
	} {
		_, text := visit(t, http.MethodGet, server.URL+path, "")
		text = html.UnescapeString(text)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: got no %q in\n%s", path, w, text)
			}
		}
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(server.URL + "/traces?service=order&min=&max=&tag=&last=1h&error=on")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Get("Location"); got != "/traces?error=1&service=order" {
		t.Errorf("got the address %s", got)
	}
	j.Down(true)
	if code, text := visit(t, http.MethodGet, server.URL+"/traces", ""); code != http.StatusBadGateway || !strings.Contains(text, j.URL) || !strings.Contains(text, "Diagnose a file") {
		t.Errorf("down: got %d %s", code, text)
	}
}

// Two people see new traces as they arrive, without losing the focus; and that Jaeger does not answer, is slow, or has restarted.
func TestBrowserLive(t *testing.T) {
	t.Parallel()
	j, server := explored(t)
	j.Add(loopID, time.Now(), loop()...)
	one, two := browser(t), browser(t)
	both := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		for i, ctx := range []context.Context{one, two} {
			if err := chromedp.Do(ctx, actions...); err != nil {
				t.Fatalf("%s, browser %d: %v", what, i+1, err)
			}
		}
	}
	rows := func(n int) chromedp.Action[chromedp.Void] {
		return until(fmt.Sprintf("document.querySelectorAll('.traces tbody tr').length === %d", n))
	}
	add := func(n int) {
		j.Add(fmt.Sprintf("%032x", 1000+n), time.Now(), exploretest.Span{Service: "order", Name: fmt.Sprint("request ", n), Duration: time.Millisecond})
	}
	both("start", chromedp.Navigate(server.URL+"/traces"), chromedp.WaitVisible(chromedp.CSS("#live")), rows(1), chromedp.Focus(chromedp.CSS(".traces .what a")))
	add(1)
	both("a new trace", rows(2))
	if got := eval(t, one, `document.querySelector(".traces .what").textContent + " " + document.activeElement.textContent`); got != "order request 1 order GET /orders/{id}" {
		t.Errorf("got %q, want the new one first, and the focus where it was", got)
	}
	j.Down(true)
	both("down", chromedp.WaitVisible(chromedp.CSS("#problem")))
	if got := eval(t, two, `document.getElementById("problem").textContent`); !strings.Contains(got, "The list goes on by itself once it does") {
		t.Errorf("down: got %s", got)
	}
	j.Restart()
	j.Down(false)
	add(2)
	both("restarted", rows(3), chromedp.WaitNotVisible(chromedp.CSS("#problem")))
	until := make(chan struct{})
	j.Slow(until)
	add(3)
	close(until)
	both("slow", rows(4))
	looks(t, one, server.URL+"/traces", "traces")
}

// A page that is not in view asks for nothing, and goes on when it is.
func TestBrowserHidden(t *testing.T) {
	t.Parallel()
	j, server := explored(t)
	j.Add(loopID, time.Now(), loop()...)
	ctx := browser(t)
	hide := func(hidden bool) string {
		return fmt.Sprintf(`Object.defineProperty(document, "hidden", { value: %v, configurable: true }); document.dispatchEvent(new Event("visibilitychange")); ""`, hidden)
	}
	err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/traces"), chromedp.WaitVisible(chromedp.CSS("#live")))
	if err != nil {
		t.Fatal(err)
	}
	eval(t, ctx, hide(true))
	asked := j.Asked()
	j.Add("cd", time.Now(), loop()...)
	eval(t, ctx, `new Promise((done) => setTimeout(() => done(""), 3000))`) // longer than between two looks
	if now := j.Asked(); now > asked+1 {
		t.Errorf("hidden: got %d requests", now-asked)
	}
	eval(t, ctx, hide(false))
	if err := chromedp.Do(ctx, until("document.querySelectorAll('.traces tbody tr').length === 2")); err != nil {
		t.Fatal(err)
	}
}

// The form leads to the address of its filter, and what is pasted to its trace.
func TestBrowserTraceFilter(t *testing.T) {
	t.Parallel()
	j, server := explored(t)
	j.Add(loopID, time.Now(), loop()...)
	ctx := browser(t)
	err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/traces"), chromedp.WaitVisible(chromedp.CSS(".traces .what a")),
		chromedp.Focus(chromedp.CSS("input[name=min]")), chromedp.KeyEvent("50ms"), chromedp.KeyEvent(kb.Enter), chromedp.WaitReady(chromedp.CSS(`input[name=min][value="50ms"]`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := eval(t, ctx, `location.search + document.querySelectorAll(".traces .what").length`); got != "?min=50ms1" {
		t.Errorf("got %s, want the filter in the address and a trace", got)
	}
	err = chromedp.Do(ctx, chromedp.Navigate(server.URL+"/traces"), chromedp.WaitVisible(chromedp.CSS(".traces .what a")),
		chromedp.Focus(chromedp.CSS("#id")), chromedp.KeyEvent("00-"+loopID+"-00f067aa0ba902b7-01"), chromedp.KeyEvent(kb.Enter), chromedp.WaitReady(chromedp.CSS(ready)))
	if err != nil {
		t.Fatal(err)
	}
}
