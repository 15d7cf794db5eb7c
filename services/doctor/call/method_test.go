package call

import "testing"

// The verb of a method decides whether it reads or writes, in every naming style; the effect of other verbs is unknown.
func TestEffectOf(t *testing.T) {
	for method, want := range map[string]Effect{
		"GetBook": Reads, "list_books": Reads, "BatchGetItem": Reads, "mget": Reads, "findOne": Reads, "SearchBooks": Reads,
		"PutItem": Writes, "bulkWrite": Writes, "SendMessageBatch": Writes, "findAndModify": Writes, "GetOrCreate": Writes, "insertMany": Writes,
		"PlaceOrder": unknownEffect, "Checkout": unknownEffect, "": unknownEffect,
	} {
		if got := effectOf(Words(method)); got != want {
			t.Errorf("effectOf(%q) is %d, want %d", method, got, want)
		}
	}
}

// A method is for many items if its name begins with a word for that, or ends with one and does not read: GetBatch gets one batch.
func TestIsBatch(t *testing.T) {
	for method, want := range map[string]bool{
		"BatchGetBooks": true, "batchGet": true, "SendMessageBatch": true, "insertMany": true, "_bulk": true, "_msearch": true, "BATCH INSERT": true,
		"GetBatch": false, "GetBook": false, "Embark": false, "batches": false, "": false,
	} {
		if got := isBatch(Words(method)); got != want {
			t.Errorf("isBatch(%q) is %v, want %v", method, got, want)
		}
	}
}

// The verb that a command's name contains decides whether it reads or writes.
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
