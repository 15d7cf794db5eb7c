package doctor

import "fmt"

// ms writes a duration of µs as a person reads it: 870 µs, 12.4 ms, 1.87 s.
func ms(us int64) string {
	switch {
	case us < 1000:
		return fmt.Sprintf("%d µs", us)
	case us < 100_000:
		return fmt.Sprintf("%.1f ms", float64(us)/1000)
	case us < 1_000_000:
		return fmt.Sprintf("%.0f ms", float64(us)/1000)
	}
	return fmt.Sprintf("%.2f s", float64(us)/1_000_000)
}

// percent writes a share: 47 %.
func percent(share float64) string { return fmt.Sprintf("%.0f %%", share*100) }
