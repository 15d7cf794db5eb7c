package drill

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"spanwise/lab/load"
	"spanwise/lab/native"
)

const (
	fewUnread = 20 // clients: on Linux, the kernel keeps up to 4 MiB for each
	// answers of 19 KiB each are more than the kernel takes for one connection of a client that keeps little of what it does not read.
	answers = 300
)

var unreadAnswers = Drill{
	Name: "unread-answers",
	Text: fmt.Sprintf("%d clients ask order for %d answers each, at once, and read nothing. order closes each connection %v after it began with the answer that does not fit "+
		"into the kernel's buffers, and at most %v later. Other requests are answered meanwhile.", fewUnread, answers, unreadBound, late),
	Break: readNothing,
	Check: metTargets,
}

// readNothing leaves answers unread until order closes the connections, and then reads what order had sent.
func readNothing(ctx context.Context, r *Rig) error {
	order := r.Process(native.Order)
	before, err := order.Resident()
	if err != nil {
		return err
	}
	c := &crowd{what: "read nothing", send: strings.Repeat(get("/openapi.yaml"), answers), keeps: 16 << 10, bound: unreadBound}
	err = c.arrive(ctx, r.Addr(native.OrderPort), fewUnread)
	defer func() { closeAll(c.conns) }()
	if err != nil {
		return err
	}
	if err := r.accepted(ctx, c); err != nil {
		return err
	}
	m, err := r.measure(ctx, load.Plan{Rate: usualRate, Length: calm})
	if err != nil {
		return err
	}
	if err := r.closed(ctx, c); err != nil {
		return err
	}
	r.Repair()
	sent := 0
	for _, conn := range c.conns {
		n := whole(conn)
		r.must(n < answers, "order sent all %d answers to a client that read none until then, so what this drill is about did not happen", answers)
		sent += n
	}
	r.note("order sent %d of %d answers, and has %s resident before and %s with them; meanwhile the median at %d requests/s is %v", sent, fewUnread*answers,
		humanize.IBytes(uint64(before)), humanize.IBytes(uint64(m.resident)), usualRate, load.Short(m.Wait.P50))
	r.must(len(m.refusals) == 0, "%d requests were refused while other clients did not read", len(m.refusals))
	r.must(m.resident < mostMemory, "order has %s resident, want less than %s", humanize.IBytes(uint64(m.resident)), humanize.IBytes(mostMemory))
	return nil
}

// whole reads answers until the connection ends, and returns how many of them were complete.
func whole(c net.Conn) (n int) {
	c.SetDeadline(time.Now().Add(slow))
	from := bufio.NewReader(c)
	for {
		resp, err := http.ReadResponse(from, nil)
		if err != nil {
			return n
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return n
		}
		n++
	}
}
