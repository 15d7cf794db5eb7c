package main

import (
	"context"
	"fmt"
	"time"

	"spanwise/internal/database"
	"spanwise/lab/native"
	"spanwise/pricing"
)

// enough makes the catalogue of a running system of our own that big.
func enough(ctx context.Context, w world, run *native.Run, products int) error {
	db, err := database.Open(ctx, database.Config{
		Service: native.Pricing, URL: run.DatabaseURL(native.Pricing), Dir: run.Data, Wait: 10 * time.Second, Migrations: pricing.Migrations,
	}, silent(w.stderr))
	if err != nil {
		return err
	}
	defer db.Close()
	progress := bar{out: w.stderr, terminal: terminal(w.stderr), began: time.Now(), of: products}
	defer progress.end()
	if err := pricing.Seed(ctx, db, products, progress.show); err != nil {
		return fmt.Errorf("make a catalogue of %d products: %w", products, err)
	}
	return nil
}
