package scenario

const anOrder = `{"customer":"grace","lines":[{"sku":"sku-11","quantity":1},{"sku":"sku-12","quantity":1}]}`

var (
	placeOrder   = Request{Method: "POST", Path: "/orders", Body: anOrder, Key: true}
	reserveStock = Request{Service: "inventory", Method: "POST", Path: "/reservations",
		Body: `{"order":` + Fresh + `,"lines":[{"sku":"sku-30","quantity":1}]}`}
)

// healthyRequests are all endpoints, without any slowdown. A test compares them with the services' routes.
var healthyRequests = []Scenario{
	healthy("order", "reading an order", get("/orders/10")),
	healthy("orders", "listing a page of orders", get("/orders?limit=20")),
	healthy("search", "searching orders", get("/orders/search?q=sku-7")),
	healthy("order-quote", "pricing an order anew", get("/orders/10/quote")),
	healthy("catalogue", "reading the whole catalogue, page by page", get("/catalogue")),
	healthy("place", "placing an order", placeOrder),
	healthy("cancel", "cancelling an order", Request{Method: "POST", Path: Placed + "/cancel"}, placeOrder),
	healthy("stock", "reading the stock of two products", getFrom("inventory", "/stock?sku=sku-1&sku=sku-2")),
	healthy("stock-one", "reading the stock of one product", getFrom("inventory", "/stock/sku-3")),
	healthy("reserve", "reserving stock", reserveStock),
	healthy("release", "releasing a reservation",
		Request{Service: "inventory", Method: "DELETE", Path: "/reservations/" + Fresh}, reserveStock),
	healthy("prices", "reading the prices of two products", getFrom("pricing", "/prices?sku=sku-1&sku=sku-2")),
	healthy("price", "reading the price of one product", getFrom("pricing", "/prices/sku-3")),
	healthy("quote", "making a quote",
		Request{Service: "pricing", Method: "POST", Path: "/quotes", Body: `{"lines":[{"sku":"sku-7","quantity":2}]}`}),
	healthy("product", "finding a product by its name", getFrom("pricing", "/products?name=oak+vase+no.+90")),
	healthy("products", "reading a page of the catalogue", getFrom("pricing", "/products?limit=20")),
}

func healthy(id, title string, r Request, setup ...Request) Scenario {
	return Scenario{
		ID:    "healthy-" + id,
		Title: "Nothing is wrong: " + title,
		Story: `Most requests are as fast as they need to be. A tool that finds something in each of them is switched off within a
week, so staying silent is as much a part of the diagnosis as speaking up.`,
		Hint:  "Short bars, the queries below them, and nothing that forms a staircase or waits.",
		Slow:  r,
		Setup: setup,
	}
}
