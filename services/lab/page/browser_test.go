package page

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser starts Chromium, and skips the test if it is not installed. Errors in Chromium's console fail the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	var program string
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		t.Skip("no Chromium in PATH (set CHROMIUM to its file): the page is not tested in a browser")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(program), chromedp.NoSandbox)
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(stop)
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			d := e.ExceptionDetails
			t.Errorf("the page's script, %s:%d: %s %+v", d.URL, d.LineNumber+1, d.Text, d.Exception)
		case *log.EventEntryAdded: // what the policy forbids, and missing files
			t.Errorf("the browser says: %s %s", e.Entry.Text, e.Entry.URL)
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "about" && u.Hostname() != "127.0.0.1" {
				t.Errorf("the page makes a request to %s", e.Request.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// The page can be used with the keyboard alone: from the list to a scenario, and from there to both traces.
func TestBrowser(t *testing.T) {
	t.Parallel()
	ctx, server := browser(t), started(t)
	err := chromedp.Do(ctx,
		chromedp.Navigate(server.URL+"?q=serial"),
		focusBy(`a[href="/scenarios/serial-calls"]`), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(chromedp.CSS(`form button`)),
		focusBy(`form button`), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(chromedp.CSS(`.sides .waterfall`)),
	)
	if err != nil {
		t.Fatal(err)
	}
	title := eval(t, ctx, `document.title`)
	if waterfalls := eval(t, ctx, `String(document.querySelectorAll(".side .waterfall").length)`); waterfalls != "2" ||
		title != "Two independent calls, one after the other · Spanwise" {
		t.Errorf("got %q with %s waterfalls, want both", title, waterfalls)
	}
	looks(t, ctx, server.URL+"/results/1", "result")
	looks(t, ctx, server.URL+"/", "home")
	looks(t, ctx, server.URL+"/scenarios/cache-stampede", "scenario")
	looks(t, ctx, server.URL+"/requests", "requests")
}

// A click on a value replaces the parameter's value in the path, and the request can be sent.
func TestBrowserForm(t *testing.T) {
	t.Parallel()
	ctx, server := browser(t), started(t)
	err := chromedp.Do(ctx,
		chromedp.Navigate(server.URL+"/requests"),
		chromedp.SetValue(chromedp.CSS(`#path`), "/orders/20?fetch=parallel&calls=serial"),
		chromedp.Click(chromedp.CSS(`button[data-add="fetch=each"]`)),
	)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := eval(t, ctx, `document.getElementById("path").value`), "/orders/20?calls=serial&fetch=each"; got != want {
		t.Errorf("got the path %s, want %s", got, want)
	}
	err = chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`form.custom button`)), chromedp.WaitVisible(chromedp.CSS(`.findings`)))
	if err != nil {
		t.Fatal(err)
	}
	if got := eval(t, ctx, `document.querySelector(".findings").textContent`); !strings.Contains(got, "n-plus-one") {
		t.Errorf("got the findings %q, want an n-plus-one", got)
	}
}

// eval returns the value of a JavaScript expression on the page.
func eval(t *testing.T, ctx context.Context, expression string) string {
	t.Helper()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

// focusBy presses Tab until the element of the selector has the focus.
func focusBy(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		there := chromedp.Evaluate[bool](fmt.Sprintf("document.activeElement.matches(%q)", selector))
		for range 200 {
			if _, err := chromedp.KeyEvent(kb.Tab)(ctx, target); err != nil {
				return err
			}
			if found, err := there(ctx, target); err != nil || found {
				return err
			}
		}
		return fmt.Errorf("%s cannot be reached with the keyboard", selector)
	})
}

// looks checks that a page fits into narrow and wide windows in light and dark, and saves screenshots (go test -artifacts).
func looks(t *testing.T, ctx context.Context, address, name string) {
	t.Helper()
	for _, width := range []int64{360, 640, 1400} { // 640 is a window of 1280 at 200 %
		for _, scheme := range []string{"light", "dark"} {
			media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
			if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
				t.Fatal(err)
			}
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900), chromedp.Navigate(address)); err != nil {
				t.Fatal(err)
			}
			if got := eval(t, ctx, `String(document.documentElement.scrollWidth)`); got != fmt.Sprint(width) {
				t.Errorf("%s in %d px: got a page that is %s px wide", name, width, got)
			}
			if got := eval(t, ctx, `getComputedStyle(document.body).backgroundColor`); (got == "rgb(20, 23, 27)") != (scheme == "dark") {
				t.Errorf("%s, %s: got the background %s", name, scheme, got)
			}
			if flag.Lookup("test.artifacts").Value.String() != "true" {
				continue
			}
			picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.ArtifactDir(), fmt.Sprintf("%s-%d-%s.png", name, width, scheme))
			if err := os.WriteFile(file, picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
