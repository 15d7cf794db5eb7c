-- Runs once, when the volume is empty, and gives each service its own database and user.
-- The passwords protect nothing: the server can be reached only from inside the compose project.
CREATE USER "order" PASSWORD 'order';
CREATE DATABASE "order" OWNER "order";
CREATE USER inventory PASSWORD 'inventory';
CREATE DATABASE inventory OWNER inventory;
CREATE USER pricing PASSWORD 'pricing';
CREATE DATABASE pricing OWNER pricing;
-- No service can connect to another service's database.
REVOKE CONNECT ON DATABASE "order", inventory, pricing FROM PUBLIC;
