// Package doctor reads a distributed trace and says where the time went, why, and what fixing it saves.
// Call [Diagnose] with a trace from spanwise/doctor/read; print what it returns with spanwise/doctor/report.
package doctor
