-- While an order with an idempotency key is being placed, the row that will release its reservation also holds the key.
-- +goose Up
ALTER TABLE releases ADD COLUMN idempotency_key TEXT;               -- NULL without a key, and once the release has begun
ALTER TABLE releases ADD COLUMN digest TEXT NOT NULL DEFAULT '';    -- of the placement
ALTER TABLE releases ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;  -- 1 if several requests place this order
CREATE UNIQUE INDEX releases_by_key ON releases (idempotency_key);
-- Mails that an instance left behind are looked for every few seconds.
CREATE INDEX mails_unsent ON mails (order_id) WHERE sent_at IS NULL;
