package build

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Two programs at once are shown in one line where lines can be replaced, and elsewhere in a line for each now and then.
func TestProgress(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var said, shown []string
			p := &Progress{Say: func(line string) { said = append(said, line) }}
			if terminal {
				p.Show = func(line string) { shown = append(shown, line) }
			}
			jaeger, otelcol := p.begin("jaeger", "downloaded"), p.begin("otelcol", "built")
			jaeger.set("1.0 of 58.4 MB")
			otelcol.count(true)
			fmt.Fprint(otelcol, "go: downloading example.com v1\na/b\na/c\nmain\n")
			otelcol.count(false)
			fmt.Fprint(otelcol, "a/b\n# a/b: a warning\na/")
			time.Sleep(20*time.Second + time.Millisecond)
			jaeger.end(nil)
			fmt.Fprint(otelcol, "c\nmain\n")
			time.Sleep(time.Second)
			otelcol.end(nil)
			if terminal {
				for _, want := range []string{"1s  jaeger: 1.0 of 58.4 MB · otelcol: compiling, 1 of about 3 packages", "21s  otelcol: linking"} {
					if !strings.Contains(strings.Join(shown, "\n"), want) {
						t.Errorf("shown\n%s\nwant %q among it", strings.Join(shown, "\n"), want)
					}
				}
				if shown[len(shown)-1] != "" {
					t.Errorf("at last %q is shown, want nothing", shown[len(shown)-1])
				}
				shown = nil
			}
			want := []string{"downloaded jaeger in 20s", "built otelcol in 21s"}
			if !terminal {
				want = append([]string{"jaeger after 15s: 1.0 of 58.4 MB", "otelcol after 15s: compiling, 1 of about 3 packages"}, want...)
			}
			if diff := cmp.Diff(want, said); diff != "" {
				t.Errorf("terminal %v: said (-want +got):\n%s", terminal, diff)
			}
		})
	}
}

// Whoever watches learns what happens to each program, and that nothing more happens. Quick steps are not worth a line.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var last map[string]string
		p := &Progress{Say: func(line string) { t.Errorf("said %q, want nothing", line) }, Watch: func(now map[string]string) { last = now }}
		s := p.begin("jaeger", "built")
		fmt.Fprint(s, "go: downloading example.com v1\n")
		time.Sleep(tickEvery + time.Millisecond)
		synctest.Wait()
		if want := map[string]string{"jaeger": "1 modules downloaded, now example.com"}; !cmp.Equal(last, want) {
			t.Errorf("got %v, want %v", last, want)
		}
		s.end(nil)
		if len(last) > 0 {
			t.Errorf("at last got %v, want nothing", last)
		}
	})
}
