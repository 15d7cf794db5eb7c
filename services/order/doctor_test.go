package order_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"spanwise/doctor/doctortest"
	"spanwise/order/shoptest"
)

// An order of 20 lines is read without an N+1: the doctor finds nothing to fix in the spans of the request.
func TestReadingAnOrderHasNoNPlusOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		shop.Must(200, "GET http://order/orders/20?"+latencies, "")
		doctortest.Check(t, shop.Spans.Spans(), doctortest.MaxCalls(2))
	})
}

// A failure keeps what a test is told instead of failing it.
type failure struct {
	testing.TB
	text strings.Builder
}

func (f *failure) Errorf(format string, args ...any) { fmt.Fprintf(&f.text, format, args...) }

// The test above would fail if order fetched the lines of an order one by one, and say where.
func TestReadingLineByLineIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shop := shoptest.Start(t, nil, true)
		shop.Must(200, "GET http://order/orders/20?fetch=each&"+latencies, "")
		found := &failure{TB: t}
		doctortest.Check(found, shop.Spans.Spans(), doctortest.MaxCalls(2))
		for _, want := range []string{
			"n-plus-one in order: GET /orders/{id} → pricing",
			"20 calls from order to inventory: GET /stock/{sku} (MaxCalls allows 2)",
		} {
			if !strings.Contains(found.text.String(), want) {
				t.Errorf("the report lacks %q:\n%s", want, found.text.String())
			}
		}
	})
}
