package rest

// stackRoom is the free stack that a request begins with, in bytes. A single function that it calls, attribute.newSet of
// OpenTelemetry 1.47, has a frame of 3.5 KB. With more, the stack would be larger than the 16 KB up to which the runtime keeps
// free ones for each processor.
const stackRoom = 8 << 10

// growStack makes the stack of the goroutine large enough for a request or a call, at its beginning, when there is little to
// copy. Otherwise the stack, which starts with a few KB and shrinks while a connection is idle, grows several times in the
// middle of each request, and is copied each time.
func growStack() { withRoom(false) }

// withRoom has a frame of stackRoom bytes, for which the runtime makes room whether or not they are used.
//
//go:noinline
func withRoom(use bool) byte {
	if !use {
		return 0
	}
	var room [stackRoom]byte
	return last(room[:])
}

//go:noinline
func last(b []byte) byte { return b[len(b)-1] }
