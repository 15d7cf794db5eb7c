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
		{"all rows", `The list has no limit. It was written when there were fifty products.`, rows("page=all")},
		{"fewer columns", `Only what the list shows is read. There is less of everything, but as many rows.`,
			rows("page=all&columns=few")},
		{"everything in a cache", `The database is spared. What comes out of the cache has to be understood first and is then written
anew, which is most of the work there was.`, rows("page=all&list=json")},
		{"fewer columns in the cache", `Both at once.`, rows("page=all&columns=few&list=json")},
		{"a faster encoding", `The cache holds a binary form that needs no parsing to speak of. The answer is still made anew.`,
			rows("page=all&columns=few&list=binary")},
		{"the finished answer in the cache", `Nothing is computed any more. A great many bytes are sent that nobody will look at, and
prices are as old as the cache.`, rows("page=all&columns=few&list=answer")},
		{"a page", `Twenty rows, found by the primary key. Nothing is cached, nothing is old, and it stays this fast when the catalogue grows.`,
			rows("limit=20")},
		{"a search by its index", `And who looks for something finds it by an index, instead of by scrolling.`, rows("name=oak+vase+no.+90")},
	},
}
