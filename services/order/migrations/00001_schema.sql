-- +goose Up
CREATE TABLE orders (
	id              BIGINT PRIMARY KEY,
	customer        TEXT NOT NULL,
	status          TEXT NOT NULL CHECK (status IN ('placed', 'cancelled', 'delivered')),
	created_at      BIGINT NOT NULL, -- ms since the epoch
	charged_cents   BIGINT,
	digest          TEXT NOT NULL DEFAULT '',
	idempotency_key TEXT UNIQUE
);
CREATE INDEX orders_by_customer ON orders (customer, id);
CREATE TABLE order_lines (
	order_id BIGINT NOT NULL REFERENCES orders (id),
	line_no  INTEGER NOT NULL,
	sku      TEXT NOT NULL,
	quantity INTEGER NOT NULL CHECK (quantity > 0),
	PRIMARY KEY (order_id, line_no)
);
CREATE INDEX order_lines_by_sku ON order_lines (sku, order_id);
CREATE TABLE order_numbers (next BIGINT NOT NULL);
INSERT INTO order_numbers (next) VALUES (1001);
