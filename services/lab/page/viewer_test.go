package page

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"spanwise/lab/logs"
	"spanwise/lab/page/explore/exploretest"
)

// explored serves the page for an empty Jaeger.
func explored(t *testing.T) (*exploretest.Jaeger, *httptest.Server) {
	t.Helper()
	j := exploretest.Start(t)
	server := httptest.NewServer(New(Site{Jaeger: j.URL, Shown: map[string]string{"jaeger": j.URL}, Logs: new(logs.Store)}))
	t.Cleanup(server.Close)
	return j, server
}

// onlyFrom fails the test if the browser asks any other host.
func onlyFrom(t *testing.T, ctx context.Context, server *httptest.Server) {
	t.Helper()
	var mu sync.Mutex
	asked := 0
	host := strings.TrimPrefix(server.URL, "http://")
	err := chromedp.Listen(ctx, func(event any) {
		sent, ok := event.(*network.EventRequestWillBeSent)
		if !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		asked++
		if u, err := url.Parse(sent.Request.URL); err != nil || u.Host != host && u.Scheme != "data" && u.Scheme != "about" {
			t.Errorf("the page asks for %s", sent.Request.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		if asked == 0 {
			t.Error("no request of the browser was seen")
		}
	})
}

// large is a trace of n spans: steps with seven different calls each.
func large(n int) []exploretest.Span {
	spans := []exploretest.Span{{Service: "gateway", Name: "GET /report", Kind: 2, Duration: time.Duration(n) * time.Millisecond}}
	for i := 1; i < n; i++ {
		s := exploretest.Span{Service: "order", Name: fmt.Sprintf("step-%d", i), Parent: 1, Start: time.Duration(i) * time.Millisecond, Duration: 8 * time.Millisecond,
			Attrs: map[string]string{"item": strconv.Itoa(i), "user.id": fmt.Sprintf("u%d", i%77)}}
		if step := (i-1)/8*8 + 2; i+1 != step {
			s.Service, s.Name, s.Parent, s.Duration = []string{"pricing", "inventory", "mail"}[i%3], fmt.Sprintf("work-%d", i%40), step, 700*time.Microsecond
		}
		if i%500 == 0 {
			s.Error = "out of stock"
		}
		spans = append(spans, s)
	}
	return spans
}

// drop drops a file on the page, as a person does.
func drop(file string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, kind := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
			_, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: 300, Y: 300,
				Data: &input.DragData{Items: []*input.DragDataItem{}, Files: []string{file}, DragOperationsMask: 1}})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// until waits until a JavaScript expression is true.
func until(expression string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.Poll[bool](expression)(ctx, target)
		return err
	})
}

func fileOf(t *testing.T, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace.json")
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

const ready = `#viewer[data-ready]`

// A file of 10,000 spans that is dropped opens at once, and scrolls with few rows in the page. It can be searched, and the address has what is
// selected and zoomed.
func TestBrowserLargeTrace(t *testing.T) {
	t.Parallel()
	_, server := explored(t)
	ctx := browser(t)
	onlyFrom(t, ctx, server)
	file := fileOf(t, exploretest.File("5b8efff798038103d269b633813fc60c", time.Now(), large(10_000)...))
	err := chromedp.Do(ctx, chromedp.EmulateViewport(1400, 900), chromedp.Navigate(server.URL+"/traces"), chromedp.WaitVisible(chromedp.CSS("#live")), drop(file),
		chromedp.WaitReady(chromedp.CSS(ready)), chromedp.WaitVisible(chromedp.CSS(".trow")))
	if err != nil {
		t.Fatal(err)
	}
	dropped := eval(t, ctx, `document.getElementById("viewer").dataset.ready`)
	if err := chromedp.Do(ctx, chromedp.Reload(), chromedp.WaitReady(chromedp.CSS(ready)), chromedp.WaitVisible(chromedp.CSS(".trow"))); err != nil {
		t.Fatal(err)
	}
	opened := eval(t, ctx, `document.getElementById("viewer").dataset.ready`)
	t.Logf("10,000 spans: %s ms from the drop to its rows, %s ms to open it again", dropped, opened)
	if ms, err := strconv.Atoi(opened); err != nil || ms > 5000 { // on a busy machine; usually it is below 500
		t.Errorf("a trace of 10,000 spans opens in %s ms", opened)
	}
	if got := eval(t, ctx, `document.getElementById("rows").getAttribute("aria-rowcount")`); got != "10000" {
		t.Errorf("got %s rows, want 10000", got)
	}
	worst := eval(t, ctx, `(async () => {
		let most = 0, holes = 0;
		for (let at = 0; at <= 1; at += 0.05) {
			scrollTo(0, at * document.documentElement.scrollHeight);
			await new Promise(requestAnimationFrame);
			await new Promise(requestAnimationFrame);
			most = Math.max(most, document.querySelectorAll(".trow").length);
			if (!document.elementFromPoint(200, innerHeight - 120)?.closest(".trow") && at > 0.1 && at < 0.9) holes++;
		}
		return most + " rows at most, " + holes + " holes";
	})()`)
	if n, _, _ := strings.Cut(worst, " "); len(n) > 2 || !strings.HasSuffix(worst, ", 0 holes") {
		t.Errorf("while scrolling: got %s", worst)
	}
	err = chromedp.Do(ctx, chromedp.Focus(chromedp.CSS("#search")), chromedp.KeyEvent("item=9876"), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(chromedp.CSS("#detail")))
	if err != nil {
		t.Fatal(err)
	}
	if got := eval(t, ctx, `document.getElementById("hits").textContent + " " + document.getElementById("detail").textContent`); !strings.HasPrefix(got, "1 of 1 ") || !strings.Contains(got, "item9876") {
		t.Errorf("search: got %s", got)
	}
	seen := `(() => { const r = document.querySelector(".trow.selected").getBoundingClientRect(); return String(r.top > 100 && r.bottom < innerHeight) + location.hash; })()`
	if got := eval(t, ctx, seen); got != "true#span=0000000000002695" {
		t.Errorf("what was found: got %s", got)
	}
	if err := chromedp.Do(ctx, chromedp.Focus(chromedp.CSS("#rows")), chromedp.KeyEvent("z"), until("location.hash.includes('zoom=')")); err != nil {
		t.Fatal(err)
	}
	zoomed := eval(t, ctx, `location.hash + " " + document.getElementById("window").style.left`)
	if err := chromedp.Do(ctx, chromedp.Reload(), chromedp.WaitReady(chromedp.CSS(ready)), chromedp.WaitVisible(chromedp.CSS(".trow.selected"))); err != nil {
		t.Fatal(err)
	}
	if got := eval(t, ctx, `location.hash + " " + document.getElementById("window").style.left`); got != zoomed {
		t.Errorf("after a reload: got %s, want %s", got, zoomed)
	}
}
