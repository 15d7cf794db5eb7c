package page

// A plan is a layout of the map. A narrow one has labels of two lines where arrows go down.
type plan struct {
	class         string
	width, height int
	narrow        bool
	nodes         []node
	links         []link
}

// A link is an arrow of the plan, from a point to a point, with the place of its label.
type link struct {
	from, to       string
	x1, y1, x2, y2 int
	x, y           int
	anchor         string
}

// plans are where the parts of the system are drawn.
var plans = []plan{
	{"wide", 862, 258, false, []node{
		{40, 120, 80, "requests", "", ""}, {255, 120, 110, "order", "order", ""},
		{502, 48, 110, "inventory", "inventory", ""}, {502, 192, 110, "pricing", "pricing", ""},
		{255, 238, 130, "order database", "order", ""}, {780, 48, 150, "inventory database", "inventory", ""},
		{780, 170, 150, "pricing database", "pricing", ""}, {780, 238, 150, "pricing cache", "pricing", ""},
	}, []link{
		{"", "order", 82, 120, 199, 120, 140, 97, "middle"},
		{"order", "inventory", 312, 110, 445, 54, 366, 64, "end"},
		{"order", "pricing", 312, 130, 445, 186, 390, 196, "end"},
		{"pricing", "inventory", 502, 173, 502, 68, 512, 116, "start"},
		{"order", "order database", 255, 139, 255, 219, 247, 182, "end"},
		{"inventory", "inventory database", 559, 48, 703, 48, 631, 26, "middle"},
		{"pricing", "pricing database", 559, 188, 703, 172, 631, 150, "middle"},
		{"pricing", "pricing cache", 559, 198, 703, 236, 618, 240, "middle"},
	}},
	{"narrow", 342, 236, true, []node{
		{52, 20, 100, "order", "order", ""}, {280, 20, 118, "order database", "order", ""},
		{52, 118, 100, "inventory", "inventory", ""}, {280, 118, 100, "pricing", "pricing", ""},
		{63, 216, 124, "inventory database", "inventory", ""}, {193, 216, 112, "pricing database", "pricing", ""}, {299, 216, 78, "cache", "pricing", ""},
	}, []link{
		{"order", "order database", 104, 20, 219, 20, 161, 14, "middle"},
		{"order", "inventory", 52, 39, 52, 99, 60, 60, "start"},
		{"order", "pricing", 92, 39, 252, 99, 212, 54, "start"},
		{"pricing", "inventory", 228, 118, 104, 118, 166, 112, "middle"},
		{"inventory", "inventory database", 52, 137, 52, 197, 60, 156, "start"},
		{"pricing", "pricing database", 258, 137, 212, 197, 222, 156, "end"},
		{"pricing", "pricing cache", 288, 137, 296, 197, 339, 156, "end"},
	}},
}
