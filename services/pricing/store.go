package pricing

import (
	"context"
	"embed"
	"io/fs"
	"iter"
	"sync"

	"spanwise/internal/database"
	"spanwise/internal/fault"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations are the schema and the first catalogue.
var Migrations, _ = fs.Sub(files, "migrations")

// store is the pricing's SQL.
type store struct{ db *database.DB }

// priced is what a quote needs to know of a product.
type priced struct {
	sku               string
	cents, taxPercent int64
}

func (s store) priced(ctx context.Context, skus []string) ([]priced, error) {
	args := make([]any, len(skus))
	for i, sku := range skus {
		args[i] = sku
	}
	return database.Query(ctx, s.db, func(p *priced) []any { return []any{&p.sku, &p.cents, &p.taxPercent} },
		"SELECT p.sku, p.cents, t.percent FROM products AS p JOIN tax_rates AS t ON t.class = p.tax_class"+
			" WHERE p.sku IN ("+database.List(len(skus), 1, "$%d")+")", args...)
}

// discountLookup returns a function that looks the discounts up, once for the request however often it is called,
// or each time if the request chose so.
func (s store) discountLookup(ctx context.Context) func() (discounts, error) {
	lookUp := func() (discounts, error) { return s.discounts(ctx) }
	if fault.Lookups.Of(ctx) == "each" {
		return lookUp
	}
	return sync.OnceValues(lookUp)
}

func (s store) discounts(ctx context.Context) (discounts, error) {
	return database.Query(ctx, s.db, func(d *struct{ minQuantity, percent int64 }) []any { return []any{&d.minQuantity, &d.percent} },
		"SELECT min_quantity, percent FROM discounts ORDER BY min_quantity")
}

// search returns a page of the products whose name contains q.
func (s store) search(ctx context.Context, q, after string, limit int) iter.Seq2[Product, error] {
	return s.products(ctx, "LOWER(name) LIKE LOWER($1) ESCAPE '\\'", database.Containing(q), after, limit)
}

// named returns a page of the products of that name.
func (s store) named(ctx context.Context, name, after string, limit int) iter.Seq2[Product, error] {
	if fault.Index.Of(ctx) == "missed" {
		return s.products(ctx, "LOWER(TRIM(name)) = LOWER($1)", name, after, limit) // the index is on LOWER(name)
	}
	return s.products(ctx, "LOWER(name) = LOWER($1)", name, after, limit)
}

// everything is the limit of a page that has none.
const everything = 0

// products returns a page of the products that meet a condition on $1.
func (s store) products(ctx context.Context, condition, value, after string, limit int) iter.Seq2[Product, error] {
	columns, fields := "sku, name, description, tax_class, cents", (*Product).fields
	if fault.Columns.Of(ctx) == "few" {
		columns, fields = "sku, cents", (*Product).fewFields
	}
	query := "SELECT " + columns + " FROM products WHERE " + condition + " AND sku > $2 ORDER BY sku"
	args := []any{value, after}
	if limit != everything {
		query += " LIMIT $3"
		args = append(args, limit)
	}
	return database.Rows(ctx, s.db, fields, query, args...)
}

func (p *Product) fields() []any {
	p.Price.Currency = Currency
	return []any{&p.SKU, &p.Name, &p.Description, &p.TaxClass, &p.Price.Cents}
}

func (p *Product) fewFields() []any {
	p.Price.Currency = Currency
	return []any{&p.SKU, &p.Price.Cents}
}
