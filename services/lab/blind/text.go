package blind

import (
	"bytes"
	"net/url"
	"reflect"
	"regexp"
	"strings"

	"spanwise/internal/fault"
)

var (
	// member is a member of ours in a baggage header, with the comma after it or, if it is the last, before it.
	member = regexp.MustCompile(`spanwise\.[a-z]+(=|%3D)[^,;"\s]*,\s*|,?\s*spanwise\.[a-z]+(=|%3D)[^,;"\s]*`)
	// pair is a parameter of ours, plain or escaped, that begins a word: in a query, in a comment, or alone. Its value ends
	// where the next pair of a query begins, be it the query of an address within an address (%26 is &).
	pair = regexp.MustCompile(`(?i)(?:^|[^a-z0-9_%-]|%3F|%26|%20)(` + names() + `)(?:=|%3D)["']?` +
		`((?:[^&\s"'` + "`" + `<>()\[\]{};#|%]|%[^2]|%2[^6])*)`)
)

func names() string {
	var all []string
	for _, p := range fault.Parameters() {
		all = append(all, p.Name)
	}
	return strings.Join(all, "|")
}

// text cuts our parameters out of whatever it is: an address, a query, a span's name, a message, a comment in SQL, JSON;
// and our members out of baggage that was written down, as an outbox does.
func text(s string) string {
	if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		if inner, err := JSON([]byte(s)); err == nil {
			return string(inner)
		}
	}
	if !strings.Contains(s, "=") && !strings.Contains(s, "%3") {
		return s // most are
	}
	return withoutPairs(member.ReplaceAllString(s, ""))
}

// withoutPairs cuts our parameters out. Among words only what the services understand is ours: "page=?" may be SQL. In an
// address, what they refuse is ours too.
func withoutPairs(s string) string {
	address := !strings.ContainsAny(s, " \t\n")
	var out []byte
	for {
		m := pair.FindStringSubmatchIndex(s)
		if m == nil {
			return string(append(out, s...))
		}
		name, val := s[m[2]:m[3]], s[m[4]:m[5]]
		if !address {
			val = sense(name, val)
		}
		if !understood(name, val) && !(address && refused(name, val)) {
			out, s = append(out, s[:m[4]]...), s[m[4]:]
			continue
		}
		quoted := s[m[4]-1] == '\'' || s[m[4]-1] == '"'
		out, s = join(append(out, s[:m[2]]...), s[m[4]+len(val):], quoted)
	}
}

// sense is as much of a value as the services understand, in a text where commas and stops may be the sentence's.
func sense(name, val string) string {
	for val != "" && !understood(name, val) {
		val = val[:max(0, strings.LastIndexAny(val, ",.:"))]
	}
	return val
}

// join leaves out what only belonged to a pair that stood between two texts: the other quote of name='value', and the mark
// that parted it from the next or, if it was the last of a query, from what is before.
func join(before []byte, after string, quoted bool) ([]byte, string) {
	if quoted && after != "" && strings.ContainsAny(after[:1], `'"`) {
		after = after[1:]
	}
	for _, mark := range []string{"&", "%26", ","} {
		if next, ok := strings.CutPrefix(after, mark); ok {
			return before, next
		}
	}
	for _, mark := range []string{"?", "&", "%3F", "%26"} {
		if last, ok := bytes.CutSuffix(before, []byte(mark)); ok {
			return last, after
		}
	}
	return before, after
}

// understood reports whether the services take a parameter with that value, by asking them.
func understood(name, val string) bool {
	faults, err := parse(name, val)
	return err == nil && !reflect.ValueOf(faults).IsZero()
}

// refused reports whether a parameter is one of the services', though not with that value.
func refused(name, val string) bool {
	_, err := parse(name, val)
	return err != nil
}

func parse(name, val string) (fault.Faults, error) {
	if plain, err := url.QueryUnescape(val); err == nil {
		val = plain
	}
	return fault.Parse(url.Values{strings.ToLower(name): {val}})
}
