package native

import "strconv"

// The variables that divide the memory of an agent or a gateway.
const (
	memoryMiB  = "OTELCOL_MEMORY_MIB" // the heap from which memory_limiter derives when to refuse spans
	goMemory   = "GOMEMLIMIT"
	numTraces  = "OTELCOL_NUM_TRACES"
	decisions  = "OTELCOL_DECISIONS"
	percentGo  = 70 // of OTELCOL_MEMORY_MIB; memory_limiter refuses at 80 %
	perMiB     = 13 // traces of 12 spans of 3.2 kB each fill half a MiB
	perTrace   = 10 // decisions remembered for each, as the processor's documentation advises
	agentMiB   = 256
	gatewayMiB = 512
)

// pipelineMemory returns the variables for the memory of an agent or a gateway that are not set. All follow from OTELCOL_MEMORY_MIB:
// docs/scale.md has the rule.
//
// Most of what these programs allocate is garbage. With Go's usual GOGC it is collected several times a second, which takes a third
// of a gateway's processor time. So it is collected late, but before it makes memory_limiter refuse spans.
func (s Settings) pipelineMemory(name string) (env []string) {
	if !s.Pipeline.scaled() {
		return nil
	}
	number := func(variable string, usual int) int {
		if n, err := strconv.Atoi(lookup(s.environ, variable)); err == nil {
			return n
		}
		return usual
	}
	add := func(variable, value string) {
		if lookup(s.environ, variable) == "" {
			env = append(env, variable+"="+value)
		}
	}
	add("GOGC", "400")
	if !IsGateway(name) {
		add(goMemory, goLimit(number(memoryMiB, agentMiB)))
		return env
	}
	memory := number(memoryMiB, gatewayMiB)
	add(goMemory, goLimit(memory))
	traces := number(numTraces, memory*perMiB)
	add(numTraces, strconv.Itoa(traces))
	add(decisions, strconv.Itoa(traces*perTrace))
	return env
}

func goLimit(mib int) string { return strconv.Itoa(mib*percentGo/100) + "MiB" }
