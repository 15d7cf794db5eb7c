package page

import (
	"slices"
	"strings"

	"spanwise/doctor"
	"spanwise/lab/scenario"
)

// A group is the scenarios whose time goes to the same place.
type group struct {
	Name    string
	About   string
	Entries []entry
	Matches int // how many entries are not hidden

	kinds []doctor.Kind
	holds func(scenario.Scenario) bool // instead of kinds
}

// An entry is a scenario in the catalogue, hidden if a query does not match it.
type entry struct {
	scenario.Scenario
	Hidden bool
}

// groups returns the groups of the catalogue, in the order in which they are shown. The last one takes what no other holds.
func groups() []group {
	return []group{
		{Name: "N+1 and repeated calls", About: "many calls where few would do, or one after another where they could run in parallel",
			kinds: []doctor.Kind{"n-plus-one", "repeated-calls", "serial-calls", "pagination"}},
		{Name: "Database and services", About: "a slow answer, too many rows, or no free connection",
			kinds: []doctor.Kind{"slow-dependency", "over-fetch", "pool-wait"}},
		{Name: "Network and connections", About: "in transit, or waiting to be accepted", kinds: []doctor.Kind{"edge-wait", "cold-connect"}},
		{Name: "Retries and failures", About: "errors, timeouts and calls made again",
			kinds: []doctor.Kind{"retry-storm", "caller-gave-up", "error-origin"}},
		{Name: "Concurrency and computing", About: "locks, queues and CPU time", kinds: []doctor.Kind{"queue-wait", "slow-self"}},
		{Name: "Tracing itself", About: "what a trace does not show, or shows wrongly",
			kinds: []doctor.Kind{"dark-time", "broken-propagation", "clock-skew", "detached-work"}},
		{Name: "Near misses", About: "they look slow, but there is nothing to fix",
			holds: func(s scenario.Scenario) bool { return s.Resembles != "" }},
		{Name: "Healthy requests", About: "the doctor must find nothing in these", holds: scenario.Scenario.Healthy},
		{Name: "More", holds: func(scenario.Scenario) bool { return true }},
	}
}

// catalogue returns the groups with their scenarios. Those that lack a word of the query are hidden, so that the page's script can show
// them again.
func catalogue(query string) []group {
	list := groups()
	words := strings.Fields(strings.ToLower(query))
	for _, sc := range scenario.All() {
		i := slices.IndexFunc(list, func(g group) bool {
			return slices.Contains(g.kinds, sc.Want.Kind) && sc.Resembles == "" || g.holds != nil && g.holds(sc)
		})
		matching := matches(sc, list[i].Name, words)
		list[i].Entries = append(list[i].Entries, entry{sc, !matching})
		if matching {
			list[i].Matches++
		}
	}
	return slices.DeleteFunc(list, func(g group) bool { return len(g.Entries) == 0 })
}

func matches(sc scenario.Scenario, group string, words []string) bool {
	text := searchable(sc, group)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// searchable is what a query is looked for in. The page's script looks in the same text.
func searchable(sc scenario.Scenario, group string) string {
	return strings.ToLower(strings.Join([]string{sc.ID, sc.Title, sc.Slow.String(), string(sc.Want.Kind), string(sc.Resembles), group}, " "))
}
