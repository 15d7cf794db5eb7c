package story

// A Lesson is a story as the lab's page lists it: it measures a whole system, so a command tells it and not a button.
type Lesson struct {
	ID, Title string
	About     string
	Command   string
	Takes     string // roughly
}

// Lessons lists all stories.
var Lessons = []Lesson{
	{millionRows.ID, millionRows.Title, "A list has grown to a million rows. Eight ways to serve it, each measured on the same system.",
		".bin/lab story million-rows -scratch", "three minutes"},
	{Sampling, "What sampling leaves", "The same 1,000 requests, with every trace kept, with 10 % sampled at the head, with a share of its own for each service, with tail " +
		"sampling, and with both: what becomes of the failures, the slow requests, and an N+1 that is 1 request in 200.",
		".bin/lab story sampling -scratch", "a minute"},
}
