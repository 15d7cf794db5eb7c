package bench

import (
	"context"
	"net/http"

	"spanwise/internal/admin"
	"spanwise/lab/native"
)

// A usage is what the programs have used since their start, or between two moments.
type usage struct {
	cpu     map[string]float64 // seconds of processor time, by program
	bytes   float64            // that the services have allocated; 0 without PROFILE=on
	objects float64            // in as many allocations
}

// usage returns what the programs have used since their start.
func (s *system) usage(ctx context.Context) (u usage, err error) {
	if u.cpu, err = s.cpu(); err != nil || !s.run.Profile {
		return u, err
	}
	for _, name := range native.Services {
		m, err := admin.Fetch(ctx, http.DefaultClient, s.run.URL(native.AdminPort(name)))
		if err != nil {
			return u, err
		}
		u.bytes += float64(m.AllocatedBytes)
		u.objects += float64(m.Allocations)
	}
	return u, nil
}

// since returns what was used after an earlier moment.
func (u usage) since(earlier usage) usage {
	cpu := make(map[string]float64)
	for name := range u.cpu {
		cpu[name] = u.cpu[name] - earlier.cpu[name]
	}
	return usage{cpu, u.bytes - earlier.bytes, u.objects - earlier.objects}
}

// cpu returns the seconds of processor time that each program has used.
func (s *system) cpu() (map[string]float64, error) {
	used := make(map[string]float64)
	for _, name := range native.All {
		time, err := s.run.Process(name).CPU()
		if err != nil {
			return nil, err
		}
		used[name] = time.Seconds()
	}
	return used, nil
}

// memory returns how many bytes each program holds.
func (s *system) memory() (map[string]float64, error) {
	held := make(map[string]float64)
	for _, name := range native.All {
		bytes, err := s.run.Process(name).Resident()
		if err != nil {
			return nil, err
		}
		held[name] = float64(bytes)
	}
	return held, nil
}

// total adds up the values of some programs.
func total(of map[string]float64, programs []string) (sum float64) {
	for _, name := range programs {
		sum += of[name]
	}
	return sum
}
