-- The outbox: what is to be said to customers, written with the order it is about.
-- +goose Up
CREATE TABLE mails (
	order_id    BIGINT PRIMARY KEY REFERENCES orders (id),
	recipient   TEXT NOT NULL,
	traceparent TEXT NOT NULL, -- of the request that caused it
	baggage     TEXT NOT NULL,
	sent_at     BIGINT -- ms since the epoch; NULL until it is sent
);
