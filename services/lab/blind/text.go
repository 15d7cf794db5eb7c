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
	// member matches one of the services' members in a baggage header, with the comma after it or, if it is the last, before it.
	member = regexp.MustCompile(`spanwise\.[a-z]+(=|%3D)[^,;"\s]*,\s*|,?\s*spanwise\.[a-z]+(=|%3D)[^,;"\s]*`)
	// pair matches one of the services' parameters, plain or escaped, at the beginning of a word: in a query, in a comment, or by
	// itself. Its value ends where the next pair of a query begins, even if that query is part of an escaped address (%26 is &).
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

// text cuts the services' parameters out of any text: an address, a query, a span's name, a message, a comment in SQL, JSON.
// It also cuts their members out of recorded baggage, such as an outbox keeps.
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

// withoutPairs cuts the services' parameters out. In prose and SQL, only pairs that the services accept are parameters: "page=?" may
// be SQL. In an address, pairs that they reject are parameters too.
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
			val = understoodPrefix(name, val)
		}
		if !understood(name, val) && !(address && rejected(name, val)) {
			out, s = append(out, s[:m[4]]...), s[m[4]:]
			continue
		}
		quoted := s[m[4]-1] == '\'' || s[m[4]-1] == '"'
		out, s = join(append(out, s[:m[2]]...), s[m[4]+len(val):], quoted)
	}
}

// understoodPrefix returns the longest part of a value that the services understand, because commas, full stops and colons after
// it may belong to the sentence.
func understoodPrefix(name, val string) string {
	for val != "" && !understood(name, val) {
		val = val[:max(0, strings.LastIndexAny(val, ",.:"))]
	}
	return val
}

// join joins the texts before and after a pair without what belonged to the pair: the closing quote of name='value', and the
// separator after it or, if it was the last of a query, the one before it.
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

// understood reports whether the services accept a parameter with that value and it has an effect.
func understood(name, val string) bool {
	faults, err := parse(name, val)
	return err == nil && !reflect.ValueOf(faults).IsZero()
}

// rejected reports whether it is a parameter of the services, but with an invalid value.
func rejected(name, val string) bool {
	_, err := parse(name, val)
	return err != nil
}

func parse(name, val string) (fault.Faults, error) {
	if plain, err := url.QueryUnescape(val); err == nil {
		val = plain
	}
	return fault.Parse(url.Values{strings.ToLower(name): {val}})
}
