package guide

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"spanwise/internal/database"
	"spanwise/lab/native"
)

// In deploy/compose.scale.yaml there are several instances of each service, and PostgreSQL has connections for all of them, for one
// more of each, which may start before the old one has stopped, and for lab seed.
func TestScaledConnections(t *testing.T) {
	_, services := composeServices(t)
	text, err := os.ReadFile(filepath.Join(root, "deploy", "compose.scale.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	number := func(text, pattern string) int {
		m := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("found no %s", pattern)
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	_, after, _ := strings.Cut(string(text), "\nservices:\n")
	perInstance := number(string(text), `DATABASE_CONNECTIONS: "(\d+)"`) + 1 // for pool=SERVICE
	needed := database.Connections + 1                                       // lab seed
	found := 0
	for _, m := range service.FindAllStringSubmatch(after, -1) {
		for _, name := range native.Services {
			if m[1] == name {
				instances := number(m[2], `(?m)^    scale: (\d+)`)
				needed += (instances + 1) * perInstance
				found++
			}
		}
	}
	const reserved = 3 // for administrators
	most := number(services["postgres"], `max_connections=(\d+)`) - reserved
	if found != len(native.Services) || needed > most {
		t.Errorf("%d services need %d connections, want %d and at most %d", found, needed, len(native.Services), most)
	}
}
