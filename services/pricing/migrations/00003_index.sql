-- For GET /products?name=…, whatever the case of its letters.
-- +goose Up
CREATE INDEX products_by_name ON products (LOWER(name), sku);
