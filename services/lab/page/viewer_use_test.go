package page

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"spanwise/lab/page/explore/exploretest"
)

// loop is an N+1 of 20 calls, one of which fails, below a step.
func loop() []exploretest.Span {
	const ms = time.Millisecond
	spans := []exploretest.Span{{Service: "order", Name: "GET /orders/{id}", Kind: 2, Duration: 205 * ms}, {Service: "order", Name: "check-inventory", Parent: 1, Start: ms, Duration: 202 * ms}}
	for i := range 20 {
		client := exploretest.Span{Service: "order", Name: "GET /stock/{sku}", Parent: 2, Kind: 3, Start: time.Duration(2+10*i) * ms, Duration: 9 * ms,
			Attrs: map[string]string{"http.request.method": "GET", "url.full": fmt.Sprintf("http://inventory/stock/sku-%d", i), "server.address": "inventory"}}
		server := exploretest.Span{Service: "inventory", Name: "GET /stock/{sku}", Parent: len(spans) + 1, Kind: 2, Start: time.Duration(3+10*i) * ms, Duration: 7 * ms,
			Attrs: map[string]string{"http.request.method": "GET", "http.route": "/stock/{sku}", "url.path": fmt.Sprintf("/stock/sku-%d", i)}}
		if i == 7 {
			server.Error, server.Event, server.EventAttrs = "out of stock", "exception", map[string]string{"exception.message": "sku-7 is sold out"}
		}
		spans = append(spans, client, server)
	}
	return spans
}

const loopID = "000000000000000000000000000000ab"

// The keyboard alone is enough: rows, details, repeated siblings, zoom, search, errors, findings and help.
func TestBrowserViewerKeys(t *testing.T) {
	t.Parallel()
	j, server := explored(t)
	j.Add(loopID, time.Now(), loop()...)
	ctx := browser(t)
	onlyFrom(t, ctx, server)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1400, 900), chromedp.Navigate(server.URL+"/traces/"+loopID), chromedp.WaitReady(chromedp.CSS(ready)), focusBy("#rows")); err != nil {
		t.Fatal(err)
	}
	selected := `(document.querySelector(".trow.selected .label")?.textContent ?? "none") + " " + document.getElementById("rows").getAttribute("aria-rowcount")`
	for _, step := range []struct{ keys, js, want string }{
		{kb.ArrowDown + kb.ArrowDown, selected, "check-inventory 4"},
		{kb.ArrowLeft, selected, "check-inventory 2"},
		{kb.ArrowRight + kb.ArrowRight, selected, "GET /stock/{sku} 4"},
		{"u", selected, "GET /stock/{sku} 43"},
		{"u", selected, "GET /stock/{sku} 4"},
		{kb.Enter, `document.activeElement.id`, "detail"},
		{kb.Escape, `document.activeElement.id`, "rows"},
		{".", `document.querySelector(".siblings").textContent.includes("2 of 20") + ""`, "true"},
		{"e", `document.querySelector("#detail .error").textContent`, "out of stock"},
		{"1", `document.querySelector(".trow.pinned .mark").textContent`, "1"},
		{kb.End, selected, "inventory GET /stock/{sku} 4"},
		{kb.Home, selected, "order GET /orders/{id} 4"},
		{"+", `document.getElementById("map").className`, "zoomed"},
		{"0", `document.getElementById("map").className`, ""},
		{"?", `document.getElementById("help").open + ""`, "true"},
		{kb.Escape, `document.getElementById("help").open + ""`, "false"},
		{"/", `document.activeElement.id`, "search"},
		{"sku-13" + kb.Enter, `document.getElementById("hits").textContent`, "1 of 2"},
		{kb.Escape + "n", `document.getElementById("hits").textContent`, "2 of 2"},
	} {
		var done []chromedp.Action[chromedp.Void]
		for _, key := range step.keys {
			done = append(done, chromedp.KeyEvent(string(key)))
		}
		done = append(done, until(step.js+" === "+fmt.Sprintf("%q", step.want)))
		if err := chromedp.Do(ctx, done...); err != nil {
			t.Fatalf("%q: got %q, want %q (%v)", step.keys, eval(t, ctx, step.js), step.want, err)
		}
	}
	roles := `(() => { const g = document.getElementById("rows"), a = document.getElementById(g.getAttribute("aria-activedescendant"));
		return [g.getAttribute("role"), g.getAttribute("aria-rowcount"), a.getAttribute("role"), a.getAttribute("aria-level"), a.getAttribute("aria-selected"), a.children.length].join(" "); })()`
	if got, want := eval(t, ctx, roles), "treegrid 4 row 4 true 3"; got != want {
		t.Errorf("roles: got %s, want %s", got, want)
	}
}

// A badge leads to the card of its finding, and the card to its spans.
func TestBrowserFindings(t *testing.T) {
	t.Parallel()
	j, server := explored(t)
	j.Add(loopID, time.Now(), loop()...)
	ctx := browser(t)
	err := chromedp.Do(ctx, chromedp.EmulateViewport(1400, 900), chromedp.Navigate(server.URL+"/traces/"+loopID), chromedp.WaitReady(chromedp.CSS(ready)),
		chromedp.Click(chromedp.CSS(".trow .mark")), until(`document.getElementById("finding-" + document.querySelector(".trow .mark").textContent).open`),
		chromedp.Click(chromedp.CSS(".card[open] [data-pin]")), chromedp.WaitVisible(chromedp.CSS(".trow.pinned.selected")), chromedp.WaitVisible(chromedp.CSS("#detail .mark")))
	if err != nil {
		t.Fatal(err)
	}
	looks(t, ctx, server.URL+"/traces/"+loopID+"#span=0000000000000003", "trace")
}

// On a phone the page fits, and the details do not hide the selected row.
func TestBrowserViewerNarrow(t *testing.T) {
	t.Parallel()
	j, server := explored(t)
	j.Add(loopID, time.Now(), loop()...)
	ctx := browser(t)
	err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740), chromedp.Navigate(server.URL+"/traces/"+loopID+"#span=0000000000000004"), chromedp.WaitReady(chromedp.CSS(ready)),
		chromedp.WaitVisible(chromedp.CSS("#detail")))
	if err != nil {
		t.Fatal(err)
	}
	got := eval(t, ctx, `(() => { const row = document.querySelector(".trow.selected").getBoundingClientRect(), top = document.getElementById("panel").getBoundingClientRect().bottom;
		return document.documentElement.scrollWidth + " " + (row.top >= top - 1 && row.bottom <= document.getElementById("detail").getBoundingClientRect().top + 1); })()`)
	if got != "360 true" {
		t.Errorf("got a width of %s (whether the row can be seen)", got)
	}
}

// Without scripts, a trace's page is the doctor's report.
func TestBrowserWithoutScripts(t *testing.T) {
	t.Parallel()
	j, server := explored(t)
	j.Add(loopID, time.Now(), loop()...)
	ctx := browser(t)
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/traces/"+loopID), chromedp.WaitVisible(chromedp.CSS("noscript .waterfall")),
		chromedp.WaitNotVisible(chromedp.CSS("#viewer")), chromedp.Navigate(server.URL+"/traces"), chromedp.WaitVisible(chromedp.CSS(".traces .what a")))
	if err != nil {
		t.Fatal(err)
	}
}

// Names and attributes with anything in them are shown as text, and do no harm.
func TestBrowserViewerHostile(t *testing.T) {
	t.Parallel()
	_, server := explored(t)
	hostile := "</script><img src=x onerror=alert(1)>\u202e\x00 " + strings.Repeat("long ", 50)
	spans := []exploretest.Span{{Service: hostile, Name: hostile, Duration: time.Second, Error: hostile, Attrs: map[string]string{hostile: hostile, "value": strings.Repeat("é", 100_000)},
		Event: hostile, EventAttrs: map[string]string{hostile: hostile}, LinkTrace: "000000000000000000000000000000cd", LinkS: "0000000000000009"}, {Parent: 1, Name: ""}}
	ctx := browser(t)
	onlyFrom(t, ctx, server)
	file := fileOf(t, exploretest.File("ab", time.Now(), spans...))
	err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740), chromedp.Navigate(server.URL+"/traces"), chromedp.WaitVisible(chromedp.CSS("#live")), drop(file),
		chromedp.WaitReady(chromedp.CSS(ready)), chromedp.Focus(chromedp.CSS("#rows")), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(chromedp.CSS("#detail")))
	if err != nil {
		t.Fatal(err)
	}
	got := eval(t, ctx, `[document.documentElement.scrollWidth, document.querySelectorAll("#viewer img, #viewer script").length,
		document.querySelector("#detail").textContent.includes("⟨U+202E⟩"), document.querySelector("#detail").textContent.includes("8000 of 200000 bytes")].join(" ")`)
	if got != "360 0 true true" {
		t.Errorf("got %s", got)
	}
}

// A file that cannot be read is refused with the doctor's words; one with several traces is a list; after a restart its address says so.
func TestUploads(t *testing.T) {
	_, server := explored(t)
	at := time.Now()
	several := append(exploretest.File("ab", at, loop()...), exploretest.File("cd", at, loop()...)...)
	code, text := upload(t, server.URL, "two.json", several)
	if code != http.StatusOK || !strings.Contains(text, "2 traces") || strings.Count(text, `href="/uploads/`) != 2 || !strings.Contains(text, "n-plus-one") {
		t.Errorf("two traces: got %d %s", code, text)
	}
	for name, test := range map[string]struct {
		text string
		code int
		want string
	}{
		"hello.txt": {"hello", http.StatusBadRequest, "hello.txt"},
		"<b>.png":   {"\x89PNG\r\n\x1a\n", http.StatusBadRequest, "&lt;b&gt;.png: a picture (PNG)"},
		"empty":     {"", http.StatusBadRequest, "empty has no spans"},
		"big.json":  {strings.Repeat(`{"resourceSpans":[]}`+"\n", 65<<20/20), http.StatusRequestEntityTooLarge, "larger than 64 MiB"},
		"":          {"{}", http.StatusBadRequest, "no file was chosen"},
	} {
		if code, text := upload(t, server.URL, name, []byte(test.text)); code != test.code || !strings.Contains(text, test.want) {
			t.Errorf("%s: got %d without %q in\n%s", name, code, test.want, text)
		}
	}
	for _, path := range []string{"/uploads/gone", "/uploads/gone/1", "/uploads/gone/1/data"} {
		if code, text := visit(t, http.MethodGet, server.URL+path, ""); code != http.StatusNotFound || !strings.Contains(text, "Drop it again") {
			t.Errorf("%s: got %d %s", path, code, text)
		}
	}
}

func upload(t *testing.T, base, name string, text []byte) (int, string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(text)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(base+"/uploads", form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer bytes.Buffer
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, answer.String()
}
