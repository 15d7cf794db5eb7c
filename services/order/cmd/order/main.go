// Command order serves the shop's orders, its public edge, on port 8080.
//
//	$ order &
//	level=INFO msg=listening address=127.0.0.1:8080
//	$ curl 'localhost:8080/orders/50?fetch=each'
package main

import (
	"cmp"
	"net/http"

	"spanwise/internal/rest"
	"spanwise/internal/service"
	"spanwise/inventory"
	"spanwise/order"
	"spanwise/pricing"
)

func main() {
	service.Main(service.Service{
		Name: "order", Addr: "127.0.0.1:8080", Migrations: order.Migrations,
		Handler: func(p *service.Parts) (http.Handler, error) {
			stock := inventory.NewClient(cmp.Or(p.Getenv("INVENTORY_URL"), "http://localhost:8081"), p.Telemetry, rest.Transport())
			prices := pricing.NewClient(cmp.Or(p.Getenv("PRICING_URL"), "http://localhost:8082"), p.Telemetry, rest.Transport())
			orders := order.New(p.DB, stock, prices, p.Telemetry)
			p.WaitLater(orders.Wait)
			p.WaitLater(orders.SendMails())
			p.WaitLater(orders.ReleaseDue())
			return order.NewServer(orders, p.DB.PingContext, p.Telemetry, p.Faults), nil
		},
	})
}
