package doctor

// paging reports whether the loop walks through pages.
func (l *loop) paging() bool { return false }
