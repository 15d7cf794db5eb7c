-- Runs once, when the volume is empty: a database and a user of its own for each service.
-- The passwords guard nothing: the server is reachable inside the compose project only.
CREATE USER "order" PASSWORD 'order';
CREATE DATABASE "order" OWNER "order";
CREATE USER inventory PASSWORD 'inventory';
CREATE DATABASE inventory OWNER inventory;
CREATE USER pricing PASSWORD 'pricing';
CREATE DATABASE pricing OWNER pricing;
-- No service sees another one's database.
REVOKE CONNECT ON DATABASE "order", inventory, pricing FROM PUBLIC;
