// Package doctor reads a distributed trace and says where the time went, why, and what fixing it saves.
// Call [Diagnose] with a trace from spanwise/doctor/read, or [DiagnoseAll] with many; print what they return with
// spanwise/doctor/report. [Kinds] explains what can be found.
//
// Each rule stands in a file of its own: its name, its documentation, and the function that looks. Rules see an exam, which
// holds the trace with its critical path, its calls (what was asked of whom: see spanwise/doctor/call), and what other traces know. They return suspicions, each with the fix it
// proposes; a replay of the request with that fix gives the saving (see spanwise/doctor/path). The verdict ranks them, applies
// the fixes one after the other, and keeps what still saves something on top of the better ones.
package doctor
