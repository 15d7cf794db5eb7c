package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"spanwise/lab/native"
)

func seed(set *flag.FlagSet) func(context.Context, env) error {
	products := set.Int("products", 1_000_000, "add products until the catalogue has `N`")
	return func(ctx context.Context, e env) error {
		began := time.Now()
		settings, err := catalogueOf(e)
		if err != nil {
			return err
		}
		switch err := addProducts(ctx, e, e.stdout, settings, *products); {
		case err != nil && ctx.Err() != nil:
			return errors.New("interrupted: the products made so far are kept; run the same command again to continue")
		case err != nil:
			return err
		}
		fmt.Fprintf(e.stdout, "The catalogue now has at least %d products (after %v).\n",
			*products, time.Since(began).Round(100*time.Millisecond))
		return nil
	}
}

// catalogueOf returns settings that say where pricing's catalogue is: in the database at PRICING_DATABASE_URL or, without it,
// where lab up keeps it in the source tree, which a container does not have.
func catalogueOf(e env) (native.Settings, error) {
	if e.getenv("PRICING_DATABASE_URL") != "" {
		return native.FromEnv("", e.environ)
	}
	return settingsOf(e)
}
