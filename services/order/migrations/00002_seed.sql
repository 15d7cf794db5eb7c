-- Orders 1 to 100; order N has N lines, so that the size of an N+1 is chosen by the order's number.
-- +goose Up
WITH RECURSIVE
	n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100),
	person (k, name) AS (VALUES (0, 'ada'), (1, 'barbara'), (2, 'edsger'), (3, 'grace'), (4, 'tony'))
INSERT INTO orders (id, customer, status, created_at)
SELECT i, name, 'delivered', 1767225600000 + i * 3600000 FROM n JOIN person ON k = i % 5;

-- 13 has no divisor in common with the 1,000 products, so that no line of an order repeats a product.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
INSERT INTO order_lines (order_id, line_no, sku, quantity)
SELECT o.i, line.i, 'sku-' || ((o.i * 7 + line.i * 13) % 1000 + 1), 1 + (o.i + line.i) % 3
FROM n AS o JOIN n AS line ON line.i <= o.i;
