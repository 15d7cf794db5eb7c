package smoke

import (
	"fmt"

	"spanwise/doctor/trace"

	"spanwise/lab/shape"
)

// batchShape is an order read with fetch=batch, however many lines it has.
const batchShape = `1 order server GET /orders/{id}
  1 order internal calculate-price
    1 order client GET /prices
      1 pricing server GET /prices
        1 pricing client SELECT products
  1 order internal check-inventory
    1 order client GET /stock
      1 inventory server GET /stock
        1 inventory client SELECT stock
  1 order internal fetch-order
    1 order client SELECT order_lines
    1 order client SELECT orders
`

// BatchSpans is how many spans reading an order with fetch=batch makes.
const BatchSpans = 12

// Batch reports whether a trace is that of an order read with fetch=batch, and all of it.
func Batch(t *trace.Trace) bool { return shape.Of(t) == batchShape }

// eachShape is an order of that many lines, read with fetch=each.
func eachShape(lines int) string {
	return fmt.Sprintf(`1 order server GET /orders/{id}
  %[1]d order internal calculate-price
    1 order client GET /prices/{sku}
      1 pricing server GET /prices/{sku}
        1 pricing client SELECT products
  %[1]d order internal check-inventory
    1 order client GET /stock/{sku}
      1 inventory server GET /stock/{sku}
        1 inventory client SELECT stock
  1 order internal fetch-order
    1 order client SELECT order_lines
    1 order client SELECT orders
`, lines)
}

// placeShape is an order placed: quoted, which asks how many are left, reserved and stored.
const placeShape = `1 order server POST /orders
  1 order client UPDATE order_numbers
  1 order internal calculate-price
    1 order client POST /quotes
      1 pricing server POST /quotes
        1 pricing client SELECT discounts
        1 pricing client SELECT products
        1 pricing internal check-inventory
          1 pricing client GET /stock
            1 inventory server GET /stock
              1 inventory client SELECT stock
  1 order internal reserve-stock
    1 order client POST /reservations
      1 inventory server POST /reservations
        1 inventory client BEGIN
        1 inventory client COMMIT
        1 inventory client INSERT reservation_lines
        1 inventory client INSERT reservations
        1 inventory client UPDATE stock
  1 order internal store-order
    1 order client BEGIN
    1 order client COMMIT
    1 order client INSERT order_lines
    1 order client INSERT orders
`

// cancelShape is an order cancelled and its stock returned.
const cancelShape = `1 order server POST /orders/{id}/cancel
  1 order client DELETE /reservations/{order}
    1 inventory server DELETE /reservations/{order}
      1 inventory client BEGIN
      1 inventory client COMMIT
      1 inventory client INSERT reservations
      1 inventory client UPDATE stock
  1 order client UPDATE orders
  1 order internal fetch-order
    1 order client SELECT order_lines
    1 order client SELECT orders
`
