package guide

import (
	"fmt"
	"strings"

	"spanwise/internal/fault"
	"spanwise/lab/scenario"
)

// ports are where make up and docker compose put the services, for addresses in documents.
var ports = map[string]int{"order": 8080, "inventory": 8081, "pricing": 8082}

// Parameters is the table of what services understand, in Markdown.
func Parameters() string {
	var b strings.Builder
	b.WriteString("| parameter | values | what it really does | see it at |\n| --- | --- | --- | --- |\n")
	for _, p := range fault.Parameters() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", p.Name, values(p), p.Does, seen(p))
	}
	return b.String()
}

// values lists a parameter's values. Of a choice the first is the default, the others do nothing unless they are given.
func values(p fault.Info) string {
	text := "`" + strings.Join(p.Values, "` `") + "`"
	if !p.Choice {
		text = "none, " + text
	}
	return text
}

// seen is a request that shows a parameter.
func seen(p fault.Info) string {
	s, ok := Example(p)
	if !ok {
		return "–"
	}
	text := address(s.Slow)
	if s.Concurrency > 1 {
		text += fmt.Sprintf(", %d at once", s.Concurrency)
	}
	if s.Products > 0 {
		text += ", on a big catalogue"
	}
	return text
}

// address is where a request goes to, as a person types it.
func address(r scenario.Request) string {
	text := fmt.Sprintf("`localhost:%d%s`", ports[r.To()], r.Path)
	if r.Method != "GET" {
		text = r.Method + " " + text
	}
	return text
}

// Catalogue is the table of the slowdowns, in Markdown. Those in which nothing is wrong are counted below it.
func Catalogue() string {
	var b strings.Builder
	b.WriteString("| scenario | what it is | slow | fixed | the doctor is to say |\n| --- | --- | --- | --- | --- |\n")
	near, healthy := 0, 0
	for _, s := range scenario.All() {
		switch {
		case s.Resembles != "":
			near++
			continue
		case s.Healthy():
			healthy++
			continue
		}
		fixed := "–"
		if !s.Fixed.IsZero() {
			fixed = address(s.Fixed)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.ID, s.Title, address(s.Slow), fixed, verdict(s.Want))
	}
	fmt.Fprintf(&b, "\nBeside them are %d near misses, which look like a slowdown and are none, and %d requests in which nothing is wrong: the "+
		"doctor is to say nothing of either.\n", near, healthy)
	return b.String()
}

func verdict(d scenario.Diagnosis) string {
	var places []string
	for _, p := range d.Places {
		places = append(places, p.String())
	}
	text := string(d.Kind) + " in " + strings.Join(places, ", ")
	if d.Mention {
		text += ", mentioned only"
	}
	return text
}
