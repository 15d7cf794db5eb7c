-- +goose Up
CREATE TABLE stock (
	sku       TEXT PRIMARY KEY,
	available INTEGER NOT NULL CHECK (available >= 0)
);
CREATE TABLE reservations (
	order_id BIGINT PRIMARY KEY,
	state    TEXT NOT NULL CHECK (state IN ('held', 'released'))
);
CREATE TABLE reservation_lines (
	order_id BIGINT NOT NULL REFERENCES reservations (order_id),
	sku      TEXT NOT NULL REFERENCES stock (sku),
	quantity INTEGER NOT NULL CHECK (quantity > 0),
	PRIMARY KEY (order_id, sku)
);
