package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"spanwise/doctor/read"
)

// A datasource is where Grafana reads from. Its pages name it by a UID; older ones may use its name.
type datasource struct{ kind, uid string }

// grafana reads the address of a trace in Grafana's Explore, which has its state in the parameter panes or, up to version 9, left; or
// of its page Traces Drilldown. Grafana passes requests on to the data source, so the trace can be read through it.
func grafana(u *url.URL, at func(path string) string) (target, error) {
	query := u.Query()
	id, source, found := query.Get("traceId"), datasource{tempo, query.Get("var-ds")}, query.Has("traceId")
	if !found {
		var state any
		if err := json.Unmarshal([]byte(cmp.Or(query.Get("panes"), query.Get("left"))), &state); err != nil {
			return target{}, fmt.Errorf("the state in the address of Grafana's page cannot be read: %w (was all of it copied? try: the id of the trace, with -tempo URL)", err)
		}
		id, source, found = explored(state, datasource{})
	}
	if !found {
		return target{}, errors.New("the address of Grafana's page has no trace id (try: open the trace itself, or give its id, with -tempo URL)")
	}
	if source.uid == "" || source.kind != "" && source.kind != tempo && source.kind != jaeger {
		return withID(target{}, id) // the server has to be named
	}
	path, _, _ := strings.Cut(u.Path, "/explore")
	path, _, _ = strings.Cut(path, "/a/grafana-")
	return withID(target{product: cmp.Or(source.kind, tempo), base: at(path + "/api/datasources/proxy/uid/" + source.uid)}, id)
}

// explored finds the first query for a trace id in the state of a page, and its data source. One that is given for all queries of a
// pane stands above them.
func explored(state any, above datasource) (id string, source datasource, found bool) {
	switch v := state.(type) {
	case map[string]any:
		source = sourceOf(v["datasource"], above)
		for _, key := range []string{"query", "traceId", "traceID"} {
			if id, _ := v[key].(string); len(id) >= 16 && read.IsTraceID(id) {
				return id, source, true
			}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if id, source, found := explored(v[key], source); found {
				return id, source, true
			}
		}
	case []any: // ["now-1h", "now", "Tempo", {"query": …}]
		if len(v) > 2 {
			above = sourceOf(v[2], above)
		}
		for _, element := range v {
			if id, source, found := explored(element, above); found {
				return id, source, true
			}
		}
	}
	return "", datasource{}, false
}

// sourceOf reads a data source: its UID, or an object.
func sourceOf(v any, above datasource) datasource {
	switch v := v.(type) {
	case string:
		return datasource{uid: v}
	case map[string]any:
		kind, _ := v["type"].(string)
		uid, _ := v["uid"].(string)
		return datasource{kind, cmp.Or(uid, above.uid)}
	}
	return above
}
