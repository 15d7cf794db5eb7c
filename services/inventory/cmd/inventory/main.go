// Command inventory serves the shop's stock on port 8081.
//
//	$ inventory &
//	level=INFO msg=listening address=127.0.0.1:8081
//	$ curl localhost:8081/stock/sku-7
//	{"sku":"sku-7","available":279}
package main

import (
	"net/http"

	"spanwise/internal/service"
	"spanwise/inventory"
)

func main() {
	service.Main(service.Service{
		Name: "inventory", Addr: "127.0.0.1:8081", Migrations: inventory.Migrations,
		Handler: func(p *service.Parts) (http.Handler, error) {
			return inventory.NewServer(inventory.New(p.DB), p.DB.PingContext, p.Telemetry, p.Faults), nil
		},
	})
}
