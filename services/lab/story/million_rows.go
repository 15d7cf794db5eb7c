package story

import "spanwise/lab/scenario"

// rows asks pricing for its products.
func rows(query string) scenario.Request {
	return scenario.Request{Service: "pricing", Method: "GET", Path: "/products?" + query}
}

var millionRows = Story{
	ID:       "million-rows",
	Title:    "The page with a million rows",
	Products: 1_000_000,
	Steps: []Step{
		{Title: "all rows", Request: rows("page=all"),
			Thought: `The list has no limit. It was written when there were fifty products.`},
		{Title: "fewer columns", Request: rows("page=all&columns=few"),
			Thought: `Only what the list shows is read. There is less of everything, but as many rows.`},
		{Title: "everything in a cache", Request: rows("page=all&list=json"),
			Thought: `The database is spared. What comes out of the cache has to be understood first and is then written
anew, which is most of the work there was.`},
		{Title: "fewer columns in the cache", Request: rows("page=all&columns=few&list=json"),
			Thought: `Both at once.`},
		{Title: "a faster encoding", Request: rows("page=all&columns=few&list=binary"),
			Thought: `The cache has a binary form, which takes a fraction of the time to decode. The answer is still encoded each time.`},
		{Title: "the finished answer in the cache", Request: rows("page=all&columns=few&list=answer"), AtLeast: 130,
			Thought: `The cache holds what goes over the wire, compressed. Nothing is computed any more. A great many bytes are
sent that nobody will look at, and prices are as old as the cache.`},
		{Title: "a page", Request: rows("limit=20"), AtLeast: 1000,
			Thought: `Twenty rows, found by the primary key. Nothing is cached, nothing is old, and it stays this fast when the catalogue grows.`},
		{Title: "a search by its index", Request: rows("name=oak+vase+no.+90"), AtLeast: 1000,
			Thought: `And who looks for something finds it by an index, instead of by scrolling.`},
	},
}
