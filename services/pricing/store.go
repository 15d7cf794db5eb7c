package pricing

import (
	"context"
	"embed"
	"io/fs"

	"spanwise/internal/database"
	"spanwise/inventory"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the schema and the first catalogue.
var Migrations, _ = fs.Sub(files, "migrations")

// store is the SQL of the service.
type store struct{ db *database.DB }

// priced is what a quote needs of a product.
type priced struct {
	SKU               string
	Cents, TaxPercent int64
}

// priced returns the products that exist, in any order.
func (s store) priced(ctx context.Context, skus []string) ([]priced, error) {
	list, args := database.In(skus)
	return database.Query(ctx, s.db, func(p *priced) []any { return []any{&p.SKU, &p.Cents, &p.TaxPercent} },
		"SELECT p.sku, p.cents, t.percent FROM products AS p JOIN tax_rates AS t ON t.class = p.tax_class"+
			" WHERE p.sku IN ("+list+")", args...)
}

// percents returns the discount of each line, by its quantity.
func (s store) percents(ctx context.Context, lines []inventory.Line) ([]int64, error) {
	type discount struct{ minQuantity, percent int64 }
	discounts, err := database.Query(ctx, s.db, func(d *discount) []any { return []any{&d.minQuantity, &d.percent} },
		"SELECT min_quantity, percent FROM discounts ORDER BY min_quantity")
	percents := make([]int64, len(lines))
	for i, l := range lines {
		for _, d := range discounts {
			if int64(l.Quantity) >= d.minQuantity {
				percents[i] = d.percent
			}
		}
	}
	return percents, err
}

// Conditions on products, with a value as $1.
const (
	nameContains = "LOWER(name) LIKE LOWER($1) ESCAPE '\\'"
	nameIs       = "LOWER(name) = LOWER($1)"
)

// everything is the limit of a page without one.
const everything = 0

// products returns up to limit products that meet a condition and whose SKU is greater than after.
func (s store) products(ctx context.Context, where, value, after string, limit int) ([]Product, error) {
	query, args := pageQuery("sku, name, description, tax_class, cents", where, value, after, limit)
	return database.Query(ctx, s.db, (*Product).fields, query, args...)
}

func pageQuery(columns, where, value, after string, limit int) (query string, args []any) {
	query = "SELECT " + columns + " FROM products WHERE " + where + " AND sku > $2 ORDER BY sku"
	args = []any{value, after}
	if limit != everything {
		return query + " LIMIT $3", append(args, limit)
	}
	return query, args
}

func (p *Product) fields() []any {
	p.Price.Currency = Currency
	return []any{&p.SKU, &p.Name, &p.Description, &p.TaxClass, &p.Price.Cents}
}
