package report_test

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"spanwise/doctor/report"
)

// The colours of services can be told from the background by everyone, and those of the first three from each other by lightness alone,
// as can a service from its databases. The formulas are those of https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
func TestColours(t *testing.T) {
	schemes := regexp.MustCompile(`:root \{[^}]*\}`).FindAllString(report.Style, -1)
	if len(schemes) != 2 {
		t.Fatalf("got %d colour schemes, want a light and a dark one", len(schemes))
	}
	for _, scheme := range schemes {
		luminance := map[string]float64{}
		for _, m := range regexp.MustCompile(`--(\w+): #(\w{6})`).FindAllStringSubmatch(scheme, -1) {
			luminance[m[1]] = luminanceOf(m[2])
		}
		contrast := func(a, b string) float64 {
			x, y := luminance[a], luminance[b]
			return (max(x, y) + .05) / (min(x, y) + .05)
		}
		for i := range 6 {
			service, database := "h"+strconv.Itoa(i), "db"+strconv.Itoa(i)
			if got := contrast(service, "bg"); got < 4.5 { // it is the background of text, too
				t.Errorf("%s: %s has a contrast of %.2f, want at least 4.5", scheme, service, got)
			}
			if got := contrast(database, "bg"); got < 3 {
				t.Errorf("%s: %s has a contrast of %.2f, want at least 3", scheme, database, got)
			}
			if got := contrast(service, database); got < 1.5 {
				t.Errorf("%s: %s and %s have a contrast of %.2f, want at least 1.5", scheme, service, database, got)
			}
		}
		for _, pair := range [][2]string{{"h0", "h1"}, {"h0", "h2"}, {"h1", "h2"}} {
			if got := contrast(pair[0], pair[1]); got < 1.1 {
				t.Errorf("%s: %v have a contrast of %.2f, want at least 1.1", scheme, pair, got)
			}
		}
	}
}

// luminanceOf is the relative luminance of a colour in hexadecimal digits.
func luminanceOf(colour string) float64 {
	n, _ := strconv.ParseUint(colour, 16, 32)
	part := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
