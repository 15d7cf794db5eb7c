package trace

import (
	"strconv"
	"strings"
)

// WeightOf returns how many spans one with that W3C trace state stands for, by the threshold that samplers write there: with ot=th:8,
// half of all spans were kept, so it stands for 2. It is 0 if the trace state does not say.
// https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
func WeightOf(state string) float64 {
	const digits, all = 14, 1 << 56
	for member := range strings.SplitSeq(state, ",") {
		fields, ours := strings.CutPrefix(strings.TrimSpace(member), "ot=")
		if !ours {
			continue
		}
		for field := range strings.SplitSeq(fields, ";") {
			text, found := strings.CutPrefix(field, "th:")
			if !found || text == "" || len(text) > digits {
				continue
			}
			threshold, err := strconv.ParseUint(text+strings.Repeat("0", digits-len(text)), 16, 64)
			if err == nil {
				return all / float64(all-threshold)
			}
		}
	}
	return 0
}
