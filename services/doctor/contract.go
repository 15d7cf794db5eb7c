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

// The kinds a finding can have.
const (
	NPlusOne          = finding.NPlusOne
	SerialCalls       = finding.SerialCalls
	RepeatedCalls     = finding.RepeatedCalls
	SlowDependency    = finding.SlowDependency
	SlowSelf          = finding.SlowSelf
	EdgeWait          = finding.EdgeWait
	ColdConnect       = finding.ColdConnect
	QueueWait         = finding.QueueWait
	PoolWait          = finding.PoolWait
	RetryStorm        = finding.RetryStorm
	CallerGaveUp      = finding.CallerGaveUp
	DarkTime          = finding.DarkTime
	BrokenPropagation = finding.BrokenPropagation
	ClockSkew         = finding.ClockSkew
	OverFetch         = finding.OverFetch
	Pagination        = finding.Pagination
	DetachedWork      = finding.DetachedWork
	ErrorOrigin       = finding.ErrorOrigin
)

// The values that a saving's basis, a confidence, and the evidence can have.
const (
	Structural, Shared, None                      = finding.Structural, finding.Shared, finding.None
	High, Medium, Low                             = finding.High, finding.Medium, finding.Low
	Sufficient, NeedsOtherTraces, NeedsAttributes = finding.Sufficient, finding.NeedsOtherTraces, finding.NeedsAttributes
)
