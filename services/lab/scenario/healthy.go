package scenario

const anOrder = `{"customer":"grace","lines":[{"sku":"sku-11","quantity":1},{"sku":"sku-12","quantity":1}]}`

const aReservation = `{"order":` + Fresh + `,"lines":[{"sku":"sku-30","quantity":1}]}`

var (
	place   = Request{Method: "POST", Path: "/orders", Body: anOrder, Key: true}
	reserve = Request{Service: "inventory", Method: "POST", Path: "/reservations", Body: aReservation}
)

// healthy are all endpoints, asked for nothing unusual. A test compares them with the services' routes.
var healthy = []struct {
	id, title string
	request   Request
	before    []Request
}{
	{"order", "an order is read", get("/orders/10"), nil},
	{"orders", "a page of orders is listed", get("/orders?limit=20"), nil},
	{"search", "orders are searched", get("/orders/search?q=sku-7"), nil},
	{"order-quote", "an order is priced anew", get("/orders/10/quote"), nil},
	{"catalogue", "the whole catalogue is read, page by page", get("/catalogue"), nil},
	{"place", "an order is placed", place, nil},
	{"cancel", "an order is cancelled", Request{Method: "POST", Path: Placed + "/cancel"}, []Request{place}},
	{"stock", "inventory says what is left", Request{Service: "inventory", Method: "GET", Path: "/stock?sku=sku-1&sku=sku-2"}, nil},
	{"stock-one", "inventory says what is left of one product", Request{Service: "inventory", Method: "GET", Path: "/stock/sku-3"}, nil},
	{"reserve", "stock is reserved", reserve, nil},
	{"release", "a reservation is taken back", Request{Service: "inventory", Method: "DELETE", Path: "/reservations/" + Fresh}, []Request{reserve}},
	{"prices", "pricing says what things cost", Request{Service: "pricing", Method: "GET", Path: "/prices?sku=sku-1&sku=sku-2"}, nil},
	{"price", "pricing says what one product costs", Request{Service: "pricing", Method: "GET", Path: "/prices/sku-3"}, nil},
	{"quote", "pricing makes a quote", Request{Service: "pricing", Method: "POST", Path: "/quotes", Body: `{"lines":[{"sku":"sku-7","quantity":2}]}`}, nil},
	{"product", "a product is found by its name", Request{Service: "pricing", Method: "GET", Path: "/products?name=oak+vase+no.+90"}, nil},
	{"products", "a page of the catalogue is read", Request{Service: "pricing", Method: "GET", Path: "/products?limit=20"}, nil},
}

var _ = func() struct{} {
	for i, h := range healthy {
		add(Scenario{
			Number: 1000 + i,
			ID:     "healthy-" + h.id,
			Title:  "Nothing is wrong: " + h.title,
			Story: `Most requests are as fast as they need to be. A tool that finds something in each of them is switched off within a week, so
staying silent is as much part of the diagnosis as speaking up.`,
			Look:   "Short bars, the queries below them, and nothing that climbs or waits.",
			Slow:   h.request,
			Before: h.before,
		})
	}
	return struct{}{}
}()
