package pricing

import (
	"context"
	"fmt"

	"spanwise/internal/database"
)

// Catalogue is the number of products that migrations create.
const Catalogue = 1000

// MaxCatalogue is the maximum number of products that Seed creates.
const MaxCatalogue = 10_000_000

// seedBatch is the number of products that one statement adds: few enough not to block a running service for long.
const seedBatch = 2_000

// Seed grows the catalogue to that many products, made by the rule that made the first [Catalogue]. Existing products
// stay, so that Seed can be repeated after an interruption. It calls progress after each batch with the number so far.
// The inventory does not have the new products: they can be listed but not ordered.
func Seed(ctx context.Context, db *database.DB, products int, progress func(done int)) error {
	if products < Catalogue || products > MaxCatalogue {
		return fmt.Errorf("the catalogue has %d to %d products, not %d", Catalogue, MaxCatalogue, products)
	}
	for first := Catalogue + 1; first <= products; first += seedBatch {
		last := min(first+seedBatch-1, products)
		if _, err := database.Exec(ctx, db, seed, first, last); err != nil {
			return fmt.Errorf("make products %d to %d: %w", first, last, err)
		}
		progress(last)
	}
	return nil
}

// seed makes the products $1 to $2 as migration 00002 made the first. CROSS JOIN makes SQLite start with n; otherwise it
// would scan n a hundred times, once for each pair of words.
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
