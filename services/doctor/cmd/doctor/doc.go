// Command doctor reads a distributed trace and says where the time went, why, and what fixing it saves.
//
//	$ doctor books.json
//	web: GET /books  412 ms
//	trace 4bf92f3577b34da6a3ce929d0e0e4736, 44 spans of 4 services
//
//	                                              0                                           412 ms
//	web: GET /books                       412 ms  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
//	├ check session                       1.7 ms  ▌
//	├ GET                                28.9 ms  ░░░░
//	│ └ catalog: GET /books              27.1 ms  ░░░▏
//	│   └ SELECT books                   25.4 ms  ████
//	├ GET [1]                        24.1 ms ×12     ▏░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
//	│ └ authors: GET /authors/{id}   22.8 ms ×12     ▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏░░▏
//	│   └ SELECT authors             21.2 ms ×12      ███████████████████████████████████▌
//	├ GET ✗                                61 ms                                         ▏░░░░░░░
//	│ └ ratings: GET /ratings ✗ [2]      59.4 ms                                         ▌███████
//	└ render page                        24.6 ms                                                ▏███
//	█ the request waits for this, ░ it runs meanwhile
//
//	web makes 12 calls to authors where few would do, which takes 70 % of the time. With both
//	findings fixed, 412 ms would become about 154 ms. No span shows what happens in 6 % of the time.
//
//	1. n-plus-one in web: GET /books → authors
//	   saves 246 to 270 ms of 412 ms, 70 % of the critical path, high confidence
//	   Why     12 × `GET /authors/{id}` of authors under `GET /books`, for 12 different items; one
//	           after another: 290 ms in the calls and 4.4 ms between them, 70 % of the critical path
//	   Fix     fetch all 12 from authors in one call; if it has no such call, make a limited number
//	           of calls in parallel
//	   Unless  each call needs the previous call's result, or the callee cannot handle several items
//	           at once
//
//	2. error-origin in ratings: GET /ratings
//	   no saving claimed, 14 % of the critical path, high confidence
//	   Why     `GET /ratings` in ratings failed (503), and nothing below it did; the failure went up
//	           through 1 span; `GET /books` in web went on without it
//	   Fix     look at `GET /ratings` in ratings first
//	   Unless  what it called failed and left no span
//
//	Also seen, with less to gain: 2 × slow-dependency (see -all).
//
//	Next: doctor explain n-plus-one          # the rule, and what fools it
//	      doctor -compare books.json AFTER   # once it is fixed
//
// It exits with 0 when there is nothing to fix, with 3 when there is, with 2 when it was called wrongly, and with 1 when it
// could not read. `doctor -help` lists what else it does.
package main
