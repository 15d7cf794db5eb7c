//go:build unix

package metrics

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"spanwise/lab/native"
)

// browser checks in Chromium that the dashboard draws each panel, lists the alert that fires, links its dots to Jaeger, and
// fits a phone.
func (s system) browser(t *testing.T) {
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no Chromium in PATH: the dashboard is not tested in a browser")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(program), chromedp.NoSandbox)
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	ctx, stop = context.WithTimeout(ctx, patience)
	defer stop()
	err = chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the dashboard's script: %s", e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 800), chromedp.Navigate(s.run.URL(native.PrometheusPort)+"/consoles/index.html?range=5m"), chromedp.WaitVisible(chromedp.CSS("svg path"))); err != nil {
		t.Fatal(err)
	}
	for expression, want := range map[string]string{
		`document.querySelectorAll("main section svg").length`:                                                               fmt.Sprint(len(panels(t))),
		`document.querySelector("main").textContent.includes("SpansSlow: inventory: the span GET /stock")`:                   "true",
		`document.querySelectorAll("svg a circle").length > 0`:                                                               "true",
		`[...document.querySelectorAll("svg a")].every(a => /^http:\/\/localhost:\d+\/trace\/\w{32}$/.test(a.href.baseVal))`: "true",
		`document.querySelector("svg a").href.baseVal.startsWith("` + s.run.Shown(native.JaegerPort) + `/")`:                 "true",
		`document.documentElement.scrollWidth <= 360`:                                                                        "true",
	} {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+expression+")"))
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", expression, got, err, want)
		}
	}
}
