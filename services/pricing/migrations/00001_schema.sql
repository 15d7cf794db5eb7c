-- +goose Up
CREATE TABLE tax_rates (
	class   TEXT PRIMARY KEY,
	percent INTEGER NOT NULL
);
CREATE TABLE discounts (
	min_quantity INTEGER PRIMARY KEY,
	percent      INTEGER NOT NULL
);
CREATE TABLE products (
	sku         TEXT PRIMARY KEY,
	name        TEXT NOT NULL,
	description TEXT NOT NULL,
	tax_class   TEXT NOT NULL REFERENCES tax_rates (class),
	cents       BIGINT NOT NULL CHECK (cents > 0)
);
