-- Reservations to be released when they are due, unless their order is stored first.
-- +goose Up
CREATE TABLE releases (
	order_id BIGINT PRIMARY KEY, -- not in orders, unless the order is cancelled
	due_at   BIGINT NOT NULL,    -- ms since the epoch
	attempts INTEGER NOT NULL    -- 0 while the order can still be stored
);
