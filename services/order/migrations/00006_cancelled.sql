-- Before 00004, the stock of an order that was cancelled stayed reserved if inventory could not be reached, or if the process
-- died. Which orders these are is unknown here, so all are released: inventory returns the stock of an order only once.
-- +goose Up
INSERT INTO releases (order_id, due_at, attempts)
SELECT id, 0, 1 FROM orders WHERE status = 'cancelled'
ON CONFLICT (order_id) DO NOTHING;
