package scale

// A Comparison is the costs of an arrangement in several rounds, in each of which all arrangements took turns.
type Comparison struct {
	Arrangement string    `json:"arrangement"`
	Costs       []Cost    `json:"costs"`
	CPU         []float64 `json:"cpu_ratios"`    // to those of the first arrangement in the same round
	Stored      []float64 `json:"stored_ratios"` // likewise
}

// Compare compares the costs of rounds with those of the first arrangement of each.
func Compare(rounds [][]Cost) (list []Comparison) {
	for i := range rounds[0] {
		c := Comparison{Arrangement: rounds[0][i].Arrangement}
		for _, round := range rounds {
			c.Costs = append(c.Costs, round[i])
			c.CPU = append(c.CPU, round[i].Total()/round[0].Total())
			c.Stored = append(c.Stored, round[i].Stored/round[0].Stored)
		}
		list = append(list, c)
	}
	return list
}
