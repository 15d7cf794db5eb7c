package call

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed names.txt
var namesText string

// sections are the sets of names in names.txt.
var sections = parseNames(namesText)

// The sections by what they are for.
var (
	connectingWords        = sections["connecting"]
	connectingHostWords    = sections["connecting about hosts"]
	connectingAnewWords    = sections["connecting anew"]
	acquiringNames         = words(sections["acquiring"])
	acquiringVerbs         = words(sections["acquiring verbs"])
	housekeepingWords      = sections["managing"]
	housekeepingCommands   = sections["managing commands"]
	housekeepingStatements = sections["managing statements"]
	handshakeCommands      = sections["handshake commands"]
	waitingVerbs           = sections["waiting"]
	waitingForConnection   = sections["waiting for a connection"]
	lockWords              = sections["locks"]
	lockWaitWords          = sections["waiting for locks"]
	lockedThings           = sections["locked things"]
	havingWords            = sections["having locks"]
	waitingForThread       = sections["waiting for a thread"]
	lockHaveWords          = words(sections["having locks"])
	waitingInQueue         = sections["waiting in a queue"]
	waitingForQuota        = sections["waiting for a quota"]
	waitingLengths         = sections["lengths of waits"]
	waitingNots            = sections["not waits of the span"]
	documentHandshakes     = sections["document handshakes"]
	handshakeSubcommands   = sections["handshake subcommands"]
)

// KeyValueStores lists the stores whose queries are commands: a verb, a key, and values.
var KeyValueStores = sections["key-value stores"]

// The names of what is long by design.
var (
	StreamingMethods  = sections["streaming methods"]
	StreamingPaths    = sections["streaming paths"]
	StreamingCommands = sections["streaming commands"]
	PollingPaths      = sections["polling paths"]
	BlockingCommands  = sections["blocking commands"]
)

// NamesLock reports whether a name contains a word for a lock.
func NamesLock(name string) bool { return hasWord(Words(name), lockWords) }

// NamesLockWait reports names such as lock, cache.lock, mutex.wait and acquireLock, but not names of work on locks, such as list-locks.
func NamesLockWait(name string) bool {
	words := Words(name)
	takes := len(words) == 1 || len(words) == 2 && lockedThings[words[0]] && lockWords[words[1]]
	return hasWord(words, lockWords) && (takes || hasWord(words, lockWaitWords))
}

// NamesLockTaken reports whether the name of an event that mentions a lock says that the wait for it is over.
func NamesLockTaken(name string) bool { return ContainsAny(strings.ToLower(name), lockHaveWords...) }

func hasWord(words []string, set map[string]bool) bool {
	return slices.ContainsFunc(words, func(word string) bool { return set[word] })
}

// parseNames reads lines of names, under headings in brackets. A # begins a comment.
func parseNames(text string) map[string]map[string]bool {
	sections := map[string]map[string]bool{}
	var section map[string]bool
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "["); ok {
			section = map[string]bool{}
			sections[strings.TrimSuffix(heading, "]")] = section
			continue
		}
		for name := range strings.FieldsSeq(line) {
			section[name] = true
		}
	}
	return sections
}

// words lists the words of a set, in any order.
func words(set map[string]bool) (list []string) {
	for word := range set {
		list = append(list, word)
	}
	return list
}
