-- 1,000 products with prices from 1.00 to about 70 euros.
-- +goose Up
INSERT INTO tax_rates (class, percent) VALUES ('standard', 19), ('reduced', 7);
INSERT INTO discounts (min_quantity, percent) VALUES (10, 5), (50, 10), (200, 15);

WITH RECURSIVE
	n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000),
	make (k, word) AS (VALUES (0, 'Oak'), (1, 'Steel'), (2, 'Linen'), (3, 'Walnut'), (4, 'Glass'), (5, 'Copper'), (6, 'Wool'), (7, 'Bamboo'), (8, 'Cork'), (9, 'Clay')),
	thing (k, word) AS (VALUES (0, 'Lamp'), (1, 'Table'), (2, 'Bowl'), (3, 'Chair'), (4, 'Shelf'), (5, 'Clock'), (6, 'Basket'), (7, 'Mirror'), (8, 'Stool'), (9, 'Vase'))
INSERT INTO products (sku, name, description, tax_class, cents)
SELECT 'sku-' || i,
	make.word || ' ' || thing.word || ' No. ' || i,
	'A ' || thing.word || ' made of ' || make.word || ', the ' || i || 'th of our collection.',
	CASE WHEN i % 5 = 0 THEN 'reduced' ELSE 'standard' END,
	100 + i * 7919 % 6900
FROM n JOIN make ON make.k = i % 10 JOIN thing ON thing.k = i / 10 % 10;
