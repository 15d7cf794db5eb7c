package doctor

import "spanwise/doctor/finding"

// The contract, which package finding documents.
type (
	Report     = finding.Report
	Root       = finding.Root
	Finding    = finding.Finding
	Kind       = finding.Kind
	Saving     = finding.Saving
	Basis      = finding.Basis
	Confidence = finding.Confidence
	Evidence   = finding.Evidence
	Step       = finding.Step
)

// The values that a saving's basis, a confidence, and the evidence can have.
const (
	Structural, Shared, None                      = finding.Structural, finding.Shared, finding.None
	High, Medium, Low                             = finding.High, finding.Medium, finding.Low
	Sufficient, NeedsOtherTraces, NeedsAttributes = finding.Sufficient, finding.NeedsOtherTraces, finding.NeedsAttributes
)
