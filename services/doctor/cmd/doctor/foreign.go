package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	xrayID    = regexp.MustCompile(`^1-([0-9a-fA-F]{8})-([0-9a-fA-F]{24})$`)
	decimalID = regexp.MustCompile(`^[0-9]{17,20}$`) // hex ids have 16 or 32 digits
	uuid      = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	skyWalkID = regexp.MustCompile(`^[0-9a-f]{32}\.[0-9]+\.[0-9]+$`)
	zeros     = regexp.MustCompile(`^0{8,32}$`)
	base64ID  = regexp.MustCompile(`^[A-Za-z0-9+/_-]{22}==$`)
)

// foreign returns an error for the id of a trace as another system writes it, with how to go on from there.
func foreign(id string) error {
	if m := xrayID.FindStringSubmatch(id); m != nil {
		return fmt.Errorf("%s is an id of AWS X-Ray (try: doctor %s, which is how OpenTelemetry writes it, or: aws xray batch-get-traces --trace-ids %s)",
			id, strings.ToLower(m[1]+m[2]), id)
	}
	if n, err := strconv.ParseUint(id, 10, 64); err == nil && decimalID.MatchString(id) {
		return fmt.Errorf("%s is an id of Datadog, in decimal: the last 16 digits of a trace id that ends in %016x "+
			"(try: the whole id in hex, which begins with the span's tag _dd.p.tid)", id, n)
	}
	if skyWalkID.MatchString(id) {
		return fmt.Errorf("%s is an id of SkyWalking (try: get the trace with SkyWalking's query queryTrace, and read the file with the response)", id)
	}
	if zeros.MatchString(id) {
		return fmt.Errorf("%s is not a trace id: zeros mean that the request had no span (try: another request, to a service that sends spans)", id)
	}
	if uuid.MatchString(id) {
		return fmt.Errorf("%s is written like a UUID (try: doctor %s)", id, strings.ToLower(strings.ReplaceAll(id, "-", "")))
	}
	if base64ID.MatchString(id) {
		b, err := base64.StdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(id))
		if err == nil {
			return fmt.Errorf("%s is written in Base64 (try: doctor %s)", id, hex.EncodeToString(b))
		}
	}
	return nil
}
