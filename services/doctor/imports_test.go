package doctor_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"spanwise/doctor"
)

// What each package may import of the others. Imports run one way: contract, evidence, rules, verdict.
var mayImport = map[string][]string{
	"trace":             {},
	"read":              {"trace"},
	"call":              {"trace"},
	"path":              {"trace"},
	"finding":           {"trace"},
	"ignore":            {""},
	"internal/evidence": {"call", "path", "trace"},
	"internal/rule":     {"call", "finding", "internal/evidence", "path", "trace"},
	"internal/verdict":  {"finding", "internal/evidence", "internal/rule", "path", "trace"},
	"report":            {"", "path", "trace"},
	"mcp":               {"", "read", "report", "trace"},
}

// The imports between the doctor's packages run one way.
func TestImportsRunOneWay(t *testing.T) {
	for dir, allowed := range mayImport {
		for name, file := range sources(t, dir) {
			for _, spec := range file.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value)
				own, isOwn := strings.CutPrefix(imported, "spanwise/doctor")
				own = strings.TrimPrefix(own, "/") // "" is the doctor itself
				if isOwn && !slices.Contains(allowed, own) {
					t.Errorf("%s imports %s", name, imported)
				}
			}
		}
	}
}

// Evidence names no kind of finding: what it means is for the rules to say.
func TestEvidenceNamesNoKind(t *testing.T) {
	for name, file := range sources(t, "internal/evidence") {
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				for _, k := range doctor.Kinds() {
					if strings.Contains(lit.Value, string(k.Kind)) {
						t.Errorf("%s names %s", name, k.Kind)
					}
				}
			}
			return true
		})
	}
}

// A rule uses nothing that is declared in another rule's files. What several need is evidence, or in a shared file.
func TestRulesKnowNoOtherRule(t *testing.T) {
	shared := []string{"rule", "gathering", "compare", "limited"}
	group := func(file string) string { // nplusone_fix.go belongs to nplusone.go
		name, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".go"), "_")
		return name
	}
	files := sources(t, "internal/rule")
	declared := map[string]string{} // file by name of the declaration
	for name, file := range files {
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					declared[d.Name.Name] = name
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						declared[spec.Name.Name] = name
					case *ast.ValueSpec:
						for _, id := range spec.Names {
							declared[id.Name] = name
						}
					}
				}
			}
		}
	}
	for name, file := range files {
		for _, id := range file.Unresolved { // in the file itself
			from, ok := declared[id.Name]
			if ok && !slices.Contains(shared, group(from)) && group(from) != group(name) && group(name) != "rule" {
				t.Errorf("%s uses %s of %s", name, id.Name, from)
			}
		}
	}
}

// sources parses the files of a package, without its tests.
func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	names, _ := filepath.Glob(dir + "/*.go")
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = file
	}
	if len(files) == 0 {
		t.Fatalf("no Go files in %s", dir)
	}
	return files
}
