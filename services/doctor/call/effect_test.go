package call

import "testing"

// A method reads, writes, or acts by its verb, however it is written; one with a verb of its own says nothing here.
func TestEffectOf(t *testing.T) {
	for method, want := range map[string]Effect{
		"GetBook": Reads, "list_books": Reads, "BatchGetItem": Reads, "mget": Reads, "findOne": Reads, "SearchBooks": Reads,
		"PutItem": Writes, "bulkWrite": Writes, "SendMessageBatch": Writes, "findAndModify": Writes, "GetOrCreate": Writes, "insertMany": Writes,
		"PlaceOrder": unknownEffect, "Checkout": unknownEffect, "": unknownEffect,
	} {
		if got := effectOf(method); got != want {
			t.Errorf("effectOf(%q) is %d, want %d", method, got, want)
		}
	}
}

// A method is for many things at once if its name begins with a word for it, or ends with one and does not read: GetBatch asks for one batch.
func TestForMany(t *testing.T) {
	for method, want := range map[string]bool{
		"BatchGetBooks": true, "batchGet": true, "SendMessageBatch": true, "insertMany": true, "_bulk": true, "_msearch": true, "BATCH INSERT": true,
		"GetBatch": false, "GetBook": false, "Embark": false, "batches": false, "": false,
	} {
		if got := forMany(method); got != want {
			t.Errorf("forMany(%q) is %v, want %v", method, got, want)
		}
	}
}

// A command reads or writes by the stem of its verb.
func TestCommandEffect(t *testing.T) {
	for verb, want := range map[string]Effect{
		"get": Reads, "hgetall": Reads, "zrangebyscore": Reads, "smembers": Reads, "exists": Reads, "json.mget": Reads,
		"set": Writes, "getset": Writes, "zadd": Writes, "lpop": Writes, "del": Writes, "incrby": Writes, "zrangestore": Writes,
		"evalsha": Acts, "wait": unknownEffect,
	} {
		if got := commandEffect(verb); got != want {
			t.Errorf("commandEffect(%q) is %d, want %d", verb, got, want)
		}
	}
}
