package mcp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"spanwise/doctor/report"
)

// What an answer may have at most, in bytes. Together that is some 8,000 tokens, at three bytes each. Clients refuse or cut long answers: Claude
// Code, for one, those of more than 25,000 tokens unless MAX_MCP_OUTPUT_TOKENS says otherwise (https://code.claude.com/docs/en/mcp).
const (
	MaxText = 12_000
	MaxData = 12_000
)

// rows are how many rows an outline may have: the first number with which the answer is short enough.
var rows = []int{40, 20, 10, 5}

// look is how the answers' texts look: wide, because each line break and indent takes room.
func look(rows int, all bool) report.Look {
	return report.Look{Width: 200, Rows: rows, All: all, Tools: true}
}

// short writes with ever fewer rows until the text is short enough. In the end it cuts the text off, and says so.
func short(write func(rows int) (string, error)) (text string, err error) {
	for _, n := range rows {
		text, err = write(n)
		if err != nil || len(text) <= MaxText {
			return text, err
		}
	}
	return cut(text, MaxText), nil
}

// cut shortens a text at the end of a line, if there is one near, and says how much is missing.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most - 100 // for the note
	if line := strings.LastIndexByte(text[:end], '\n'); line > end/2 {
		end = line + 1
	}
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s\n(cut off: %d more bytes are left out; what costs most is above)\n", text[:end], len(text)-end)
}

// A limit is how long lists and texts in data may be.
type limit struct{ list, text int }

var limits = []limit{{40, 1000}, {20, 500}, {10, 300}, {5, 200}, {3, 120}, {2, 80}, {1, 40}}

// mostIDs is how many ids of spans or traces are listed; the number of calls is another field.
const mostIDs = 5

// bounded returns data as JSON of a limited size. It shortens lists and texts as far as necessary, and counts in the field left_out what
// is missing of each list.
func bounded(data any) any {
	if data == nil {
		return nil
	}
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(data); err != nil {
		return map[string]any{"left_out": err.Error()}
	}
	var result []byte
	for _, l := range limits {
		var tree map[string]any
		d := json.NewDecoder(bytes.NewReader(text.Bytes()))
		d.UseNumber() // as written, not as a float
		if err := d.Decode(&tree); err != nil {
			return map[string]any{"left_out": err.Error()}
		}
		c := cutter{limit: l, leftOut: map[string]int{}}
		for key, value := range tree {
			tree[key] = c.cut(key, value)
		}
		if len(c.leftOut) > 0 {
			tree["left_out"] = c.leftOut
		}
		if result, _ = json.Marshal(tree); len(result) <= MaxData { // what was decoded can be encoded
			break
		}
	}
	return json.RawMessage(result)
}

// A cutter shortens the values of an object.
type cutter struct {
	limit
	leftOut map[string]int // by the path of the list
}

func (c *cutter) cut(path string, value any) any {
	switch v := value.(type) {
	case string:
		if len(v) > c.text {
			end := c.text
			for end > 0 && !utf8.RuneStart(v[end]) {
				end--
			}
			return v[:end] + "…"
		}
	case json.Number:
		if f, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") { // a share: three digits are enough
			return json.Number(strconv.FormatFloat(f, 'g', 3, 64))
		}
	case []any:
		most := c.list
		if strings.HasSuffix(path, "_ids") {
			most = min(most, mostIDs)
		}
		if more := len(v) - most; more > 0 {
			c.leftOut[path] += more
			v = v[:most]
		}
		for i := range v {
			v[i] = c.cut(path, v[i])
		}
		return v
	case map[string]any:
		for key := range v {
			v[key] = c.cut(path+"."+key, v[key])
		}
	}
	return value
}
