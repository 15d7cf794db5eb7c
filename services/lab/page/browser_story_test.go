package page

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The story of the N+1, with the keyboard alone: the first button plays it and says how far it is. The result shows what the fix saved,
// both sides on one time axis, the single calls of a folded row, and the rule behind the finding.
func TestBrowserStory(t *testing.T) {
	t.Parallel()
	ctx, server := browser(t), started(t)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.Navigate(server.URL), focusBy(`form.first button`), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(chromedp.CSS(`progress[max="7"]`)), chromedp.WaitVisible(chromedp.CSS(`.gain`)))
	if got := eval(t, ctx, `document.querySelector(".gain").textContent`); !strings.Contains(got, "× as fast") ||
		!strings.Contains(got, "predicted saving") || !strings.Contains(got, "fixed, as measured") {
		t.Errorf("got the gain %q", got)
	}
	const ends = `[...document.querySelectorAll(".scale")].map(s => s.textContent.trim()).join()`
	if got := eval(t, ctx, ends); len(strings.Split(got, ",")) != 2 || strings.Split(got, ",")[0] != strings.Split(got, ",")[1] {
		t.Errorf("got the axes %s, want the same twice", got)
	}
	do(focusBy(`.each > summary`), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS(`.each[open] .row .bar`)))
	if got := eval(t, ctx, `String(document.querySelectorAll(".each[open] > :is(details, .row:not(summary))").length)`); got != "50" {
		t.Errorf("got %s single calls, want 50", got)
	}
	do(chromedp.Click(chromedp.CSS(`.switch a`)), chromedp.WaitVisible(chromedp.CSS(`.switch a[href="?"]`)))
	if got := eval(t, ctx, ends); strings.Split(got, ",")[0] == strings.Split(got, ",")[1] {
		t.Errorf("got the axes %s, want two", got)
	}
	do(chromedp.Click(chromedp.CSS(`.rule a`)), chromedp.WaitVisible(chromedp.CSS(`.verdict`)))
	if got := eval(t, ctx, `location.pathname + " " + document.querySelector("h1").textContent`); got != "/explain/n-plus-one n-plus-one" {
		t.Errorf("got %s", got)
	}
	looks(t, ctx, server.URL+"/explain/n-plus-one", "explain")
}

// The filter hides what does not match while one types. The address has it, and after a reload it is the same.
func TestBrowserFilter(t *testing.T) {
	t.Parallel()
	ctx, server := browser(t), started(t)
	const shown = `[...document.querySelectorAll(".entry a")].filter(a => a.checkVisibility()).map(a => a.pathname).join(" ") + location.search`
	check := func(want string) {
		t.Helper()
		if got := eval(t, ctx, shown); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL), focusBy(`#q`), chromedp.SendKeys(chromedp.CSS(`#q`), "thousand ten")); err != nil {
		t.Fatal(err)
	}
	check("/scenarios/chatty-paging?q=thousand%20ten")
	if err := chromedp.Do(ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	check("/scenarios/chatty-paging?q=thousand%20ten")
	if err := chromedp.Do(ctx, focusBy(`#q`), chromedp.KeyEvent(kb.Enter)); err != nil {
		t.Fatal(err)
	}
	if got := eval(t, ctx, `document.activeElement.pathname`); got != "/scenarios/chatty-paging" {
		t.Errorf("got the focus on %s, want the only match", got)
	}
}

// On a phone the first page is at most a tenth as long as it was when it listed the whole catalogue, 10,677 px.
func TestBrowserPhone(t *testing.T) {
	t.Parallel()
	ctx, server := browser(t), started(t)
	visit(t, "POST", server.URL+"/requests", "service=order&path=/orders/3") // so that the map has figures
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(server.URL), chromedp.WaitVisible(chromedp.CSS(`.narrow .rate`))); err != nil {
		t.Fatal(err)
	}
	if got := eval(t, ctx, `document.documentElement.scrollHeight > 1067 ? document.documentElement.scrollHeight + " px" : ""`); got != "" {
		t.Errorf("got a page of %s", got)
	}
}
