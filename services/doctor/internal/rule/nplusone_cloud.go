package rule

import (
	"fmt"
	"strings"

	"spanwise/doctor/call"
	"spanwise/doctor/trace"
)

// cloudBatches are the operations of AWS for one item that are often called in loops, with the operation for many. Those that have none
// say "none".
var cloudBatches = map[string]string{
	"GetObject": "none", "HeadObject": "none", "PutObject": "none", "CopyObject": "none", "GetObjectTagging": "none", // S3
	"Invoke": "none", "StartExecution": "none", "Decrypt": "none", "Encrypt": "none", "GenerateDataKey": "none", // Lambda, Step Functions, KMS
	"DeleteObject": "DeleteObjects", "SendMessage": "SendMessageBatch", "DeleteMessage": "DeleteMessageBatch", "Publish": "PublishBatch",
	"PutRecord": "PutRecords", "GetItem": "BatchGetItem", "PutItem": "BatchWriteItem", "DeleteItem": "BatchWriteItem",
	"GetSecretValue": "BatchGetSecretValue", "GetParameter": "GetParameters",
}

// hasNoBatch reports whether a call is known to have no counterpart for many items, so that the calls can only be made in parallel. The rows
// of Cassandra are in as many partitions.
func hasNoBatch(c *call.Call) bool {
	return cloudBatches[c.CloudOperation()] == "none" || strings.EqualFold(c.Span.Get(trace.DBSystem), "cassandra")
}

func cloudBatchAdvice(c *call.Call, n int) string {
	operation := c.CloudOperation()
	if hasNoBatch(c) {
		return fmt.Sprintf("make the %d calls in parallel, a few at a time: %s has no counterpart for many items", n, operation)
	}
	return fmt.Sprintf("request all %d with %s, which takes a limited number at once", n, cloudBatches[operation])
}
