package page

import "hash/fnv"

// hue returns the number of a service's colour, from 0 to 5, which is the same on every page: the classes h0 to h5 set --c to it, and
// with the class db to the colour of the service's database. The three services have colours of their own, in the order that the
// doctor's reports use; all others share the rest.
func hue(service string) int {
	switch service {
	case "inventory":
		return 0
	case "order":
		return 1
	case "pricing":
		return 2
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(service)) // never fails
	return 3 + int(h.Sum32()%3)
}
