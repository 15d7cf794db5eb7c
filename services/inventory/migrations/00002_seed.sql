-- 1,000 products; every fiftieth is scarce.
-- +goose Up
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
INSERT INTO stock (sku, available)
SELECT 'sku-' || i, CASE WHEN i % 50 = 0 THEN 3 ELSE 20 + i * 37 % 480 END FROM n;
