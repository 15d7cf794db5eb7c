package blind

import (
	"net/url"
	"reflect"
	"regexp"
	"strings"

	"spanwise/internal/fault"
)

var (
	// member is a member of ours in a baggage header, with the comma after it or, if it is the last, before it.
	member = regexp.MustCompile(`spanwise\.[a-z]+(=|%3D)[^,;"\s]*,\s*|,?\s*spanwise\.[a-z]+(=|%3D)[^,;"\s]*`)
	// pair is a parameter of ours, plain or escaped, that begins a word: in a query, in a comment, or alone.
	pair = regexp.MustCompile(`(?i)(?:^|[^a-z0-9_%-]|%3F|%26|%20)(` + names() + `)(?:=|%3D)["']?([^&\s"'` + "`" + `<>()\[\]{};#|]*)`)
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
	s = member.ReplaceAllString(s, "")
	// Among words only what the services understand is ours: "page=?" may be SQL. In an address what they refuse is ours too.
	address := !strings.ContainsAny(s, " \t\n")
	for at := 0; ; {
		m := pair.FindStringSubmatchIndex(s[at:])
		if m == nil {
			return s
		}
		from, to := at+m[2], at+m[5]
		name, val := s[from:at+m[3]], s[at+m[4]:to]
		if i := strings.Index(strings.ToUpper(val), "%26"); i >= 0 { // the next pair of an address in an address
			to, val = at+m[4]+i, val[:i]
		}
		if !address {
			val = strings.TrimRight(val, ",.:")
			to = at + m[4] + len(val)
		}
		if !understood(name, val) && !(address && refused(name, val)) {
			at = to
			continue
		}
		s, at = cut(s, from, to)
	}
}

// cut takes s[from:to] out, the other quote of name='value', and the mark that parted it from the next or the last of a
// query. It returns where to go on: before the mark, which begins the next pair.
func cut(s string, from, to int) (rest string, at int) {
	before, after := s[:from], s[to:]
	if after != "" && strings.ContainsAny(after[:1], `'"`) && strings.Contains(s[from:to], after[:1]) {
		after = after[1:]
	}
	for _, mark := range []string{"&", "%26", ","} {
		if next, ok := strings.CutPrefix(after, mark); ok {
			return before + next, max(0, len(before)-3)
		}
	}
	for _, mark := range []string{"?", "&", "%3F", "%26"} {
		if last, ok := strings.CutSuffix(before, mark); ok {
			return last + after, max(0, len(last)-3)
		}
	}
	return before + after, max(0, len(before)-3)
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
