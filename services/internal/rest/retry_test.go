package rest

import "testing"

// Half of a budget's tokens can be spent, one for a failure; a success earns a tenth back.
func TestBudget(t *testing.T) {
	var b budget
	retries := 0
	for b.allows() {
		b.note(false)
		retries++
	}
	if retries != budgetTokens/2 {
		t.Errorf("got %d failures until retries stop, want %d", retries, budgetTokens/2)
	}
	for range 100 {
		b.note(false) // an outage, however long, costs no more than all tokens
	}
	successes := 0
	for !b.allows() {
		b.note(true)
		successes++
	}
	if want := 51; successes != want {
		t.Errorf("got %d successes until retries are allowed again, want %d", successes, want)
	}
}
