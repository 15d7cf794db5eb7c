package page

import (
	"net/http"

	"spanwise/internal/fault"
	"spanwise/lab/guide"
	"spanwise/lab/scenario"
	"spanwise/lab/status"
)

// home is the data of the first page.
type home struct {
	Slow, Near, Healthy []scenario.Scenario
	Form                form
	Jaeger              string // its address; "" if it has no web pages
	Waiting             []status.Part
}

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

func (s *server) home(r *http.Request) (view, error) {
	h := home{Form: newForm("order", "/orders/50?fetch=each&latency=pricing:5ms"), Waiting: s.missing(r)}
	for _, sc := range scenario.All() {
		switch {
		case sc.Resembles != "":
			h.Near = append(h.Near, sc)
		case sc.Healthy():
			h.Healthy = append(h.Healthy, sc)
		default:
			h.Slow = append(h.Slow, sc)
		}
	}
	if s.pages(r) {
		h.Jaeger = s.Shown["jaeger"]
	}
	return view{template: "home", data: h}, nil
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
