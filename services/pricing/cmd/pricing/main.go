// Command pricing serves the shop's prices, quotes and catalogue on port 8082.
//
//	$ pricing &
//	level=INFO msg=listening address=127.0.0.1:8082
//	$ curl localhost:8082/prices/sku-7
//	{"sku":"sku-7","price":{"cents":758,"currency":"EUR"}}
package main

import (
	"cmp"
	"net/http"

	"spanwise/internal/rest"
	"spanwise/internal/service"
	"spanwise/inventory"
	"spanwise/pricing"
	"spanwise/pricing/cache"
)

func main() {
	service.Main(service.Service{
		Name: "pricing", Addr: "127.0.0.1:8082", Migrations: pricing.Migrations,
		Handler: func(p *service.Parts) (http.Handler, error) {
			stock := inventory.NewClient(cmp.Or(p.Getenv("INVENTORY_URL"), "http://localhost:8081"), p.Telemetry, rest.Transport())
			prices, err := cache.Open(p.Getenv("CACHE_URL"), p.Telemetry)
			if err != nil {
				return nil, err
			}
			p.CloseLater(prices)
			return pricing.NewServer(pricing.New(p.DB, stock, prices), p.DB.PingContext, p.Telemetry, p.Faults), nil
		},
	})
}
