package doctor

import "testing"

// A method reads, writes, or acts by its verb, however it is written; one with a verb of its own says nothing here.
func TestEffectOf(t *testing.T) {
	for method, want := range map[string]effect{
		"GetBook": reads, "list_books": reads, "BatchGetItem": reads, "mget": reads, "findOne": reads, "SearchBooks": reads,
		"PutItem": writes, "bulkWrite": writes, "SendMessageBatch": writes, "findAndModify": writes, "GetOrCreate": writes, "insertMany": writes,
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
	for verb, want := range map[string]effect{
		"get": reads, "hgetall": reads, "zrangebyscore": reads, "smembers": reads, "exists": reads, "json.mget": reads,
		"set": writes, "getset": writes, "zadd": writes, "lpop": writes, "del": writes, "incrby": writes, "zrangestore": writes,
		"evalsha": acts, "wait": unknownEffect,
	} {
		if got := commandEffect(verb); got != want {
			t.Errorf("commandEffect(%q) is %d, want %d", verb, got, want)
		}
	}
}
