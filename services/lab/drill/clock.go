package drill

import (
	"context"

	"spanwise/lab/play"
)

var clockDrills = []Drill{{
	Name: "clock-ahead",
	Text: "Pricing's clock is 10 s ahead, in the times of its spans only (`clock=`): the clock of the machine is not changed.",
	Load: reading("/orders/10?clock=pricing:10s"),
	Break: func(ctx context.Context, r *Rig) error {
		err := play.Wait(ctx, brief)
		r.Repair()
		return err
	},
}}
