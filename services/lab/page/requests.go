package page

import (
	"cmp"
	"net/http"

	"spanwise/internal/fault"
	"spanwise/lab/guide"
	"spanwise/lab/scenario"
)

// A form is for custom requests.
type form struct {
	Services   []string
	Service    string
	Path       string
	Parameters []parameter
}

// A parameter is one of the services' request parameters, with an example.
type parameter struct {
	fault.Info
	Default string // "" if there is none
	Example string // such as fetch=each
	Service string // with Path, a request that shows its effect; "" if a single request cannot
	Path    string
	See     string // in that case, a scenario that shows it
}

// requests shows the form for custom requests, filled in from the address.
func (s *server) requests(r *http.Request) (view, error) {
	service, path := r.FormValue("service"), r.FormValue("path")
	f := newForm(cmp.Or(service, "order"), cmp.Or(path, "/orders/50?fetch=each&latency=pricing:5ms"))
	return view{template: "requests", data: f}, nil
}

var services = []string{"order", "inventory", "pricing"}

func newForm(service, path string) form {
	f := form{Services: services, Service: service, Path: path}
	for _, info := range fault.Parameters() {
		p := parameter{Info: info, Example: info.Name + "=" + info.Values[0]}
		if info.Choice {
			p.Default, p.Values = info.Values[0], info.Values[1:]
			p.Example = info.Name + "=" + info.Values[len(info.Values)-1]
		}
		sc, ok := guide.Example(info)
		alone := sc.Slow.Method == http.MethodGet && sc.Concurrency < 2 && sc.Products == 0
		if _, err := scenario.Find(sc.ID); err == nil && !alone {
			p.See = sc.ID
		} else if ok {
			p.Service, p.Path = sc.Slow.To(), sc.Slow.Path
		}
		f.Parameters = append(f.Parameters, p)
	}
	return f
}
