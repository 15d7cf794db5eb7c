package pricing

import (
	"context"
	"fmt"

	"spanwise/internal/database"
)

// Catalogue is how many products there are from the start.
const Catalogue = 1000

// MaxCatalogue is how many products Seed makes at most.
const MaxCatalogue = 10_000_000

// seedBatch is how many products one transaction adds: few enough for the service beside it to get its turn.
const seedBatch = 2_000

// Seed fills the catalogue up to that many products, made by the rule that made the first [Catalogue]. What is there
// already stays, so that it can be done again after an interruption. progress is told after each batch how many
// there are. The inventory does not know the new products: they are for looking at, not for ordering.
func Seed(ctx context.Context, db *database.DB, products int, progress func(done int)) error {
	if products < Catalogue || products > MaxCatalogue {
		return fmt.Errorf("the catalogue has %d to %d products, not %d", Catalogue, MaxCatalogue, products)
	}
	return fill(ctx, db, products, seedBatch, progress)
}

func fill(ctx context.Context, db *database.DB, products, batch int, progress func(done int)) error {
	for first := Catalogue + 1; first <= products; first += batch {
		last := min(first+batch-1, products)
		if _, err := database.Exec(ctx, db, seed, first, last); err != nil {
			return fmt.Errorf("make products %d to %d: %w", first, last, err)
		}
		progress(last)
	}
	return nil
}

// seed makes the products $1 to $2 as migration 00002 made the first. CROSS JOIN makes SQLite begin with n;
// beginning with the words it would go through n a hundred times.
const seed = `
WITH RECURSIVE
	n (i) AS (SELECT CAST($1 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < $2),
	make (k, word) AS (VALUES (0, 'Oak'), (1, 'Steel'), (2, 'Linen'), (3, 'Walnut'), (4, 'Glass'), (5, 'Copper'), (6, 'Wool'), (7, 'Bamboo'), (8, 'Cork'), (9, 'Clay')),
	thing (k, word) AS (VALUES (0, 'Lamp'), (1, 'Table'), (2, 'Bowl'), (3, 'Chair'), (4, 'Shelf'), (5, 'Clock'), (6, 'Basket'), (7, 'Mirror'), (8, 'Stool'), (9, 'Vase'))
INSERT INTO products (sku, name, description, tax_class, cents)
SELECT 'sku-' || i,
	make.word || ' ' || thing.word || ' No. ' || i,
	'A ' || thing.word || ' made of ' || make.word || ', the ' || i || 'th of our collection.',
	CASE WHEN i % 5 = 0 THEN 'reduced' ELSE 'standard' END,
	100 + CAST(i AS BIGINT) * 7919 % 6900
FROM n CROSS JOIN make CROSS JOIN thing
WHERE make.k = i % 10 AND thing.k = i / 10 % 10
ON CONFLICT (sku) DO NOTHING`
