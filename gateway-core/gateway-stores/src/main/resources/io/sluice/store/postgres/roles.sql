-- Roles of a fleet's database, for its administrator. May be run again: after each
-- `sluice fleet init` that has brought new tables.
--
--   sluice fleet init --roles | psql -d DATABASE
--
-- A gateway's user, one a gateway or one a region:
--
--   CREATE ROLE gw_north LOGIN PASSWORD '...' IN ROLE sluice_gateway;
--   INSERT INTO sluice.gateway_role (role, region) VALUES ('gw_north', 'north');
--
-- It makes, changes and drops no table. It sees the devices of its region and those of none, with
-- their credentials and commands, and holds only ids of gateways of its region; the gateway is to
-- be configured with that `fleet.region`. The region '*' is all of them. A user without a row sees
-- no device.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_gateway') THEN
    CREATE ROLE sluice_gateway NOLOGIN NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluice_fleet') THEN
    CREATE ROLE sluice_fleet NOLOGIN NOCREATEDB NOCREATEROLE;
  END IF;
END $$;

-- What the roles had before; they get below what they need.
REVOKE ALL ON ALL TABLES IN SCHEMA sluice FROM sluice_gateway, sluice_fleet;
REVOKE CREATE ON SCHEMA sluice FROM PUBLIC, sluice_gateway, sluice_fleet;
GRANT USAGE ON SCHEMA sluice TO sluice_gateway, sluice_fleet;

-- Gateways and the fleet's own process: which tables there are, and in which region a user is.
GRANT SELECT ON sluice.schema_history, sluice.gateway_role TO sluice_gateway, sluice_fleet;

-- The registry.
GRANT SELECT, UPDATE ON sluice.registry TO sluice_gateway, sluice_fleet;
GRANT SELECT, INSERT, UPDATE, DELETE
  ON sluice.device, sluice.claim, sluice.claimed_device, sluice.barred_device, sluice.removal
  TO sluice_gateway, sluice_fleet;

-- Gateways, sessions and commands.
GRANT SELECT, INSERT, UPDATE ON sluice.gateway TO sluice_gateway;
GRANT SELECT ON sluice.gateway TO sluice_fleet;
GRANT SELECT, INSERT, UPDATE, DELETE ON sluice.session TO sluice_gateway;
GRANT SELECT ON sluice.session TO sluice_fleet;
GRANT USAGE ON SEQUENCE sluice.session_epoch TO sluice_gateway;
GRANT SELECT, INSERT, UPDATE, DELETE ON sluice.fleet_command TO sluice_gateway, sluice_fleet;

-- Configurations: a gateway reads them, and says what has become of one.
GRANT SELECT ON sluice.configuration, sluice.configuration_file TO sluice_gateway;
GRANT SELECT, INSERT, UPDATE ON sluice.configuration_report TO sluice_gateway;
GRANT SELECT, INSERT ON sluice.configuration, sluice.configuration_file TO sluice_fleet;
GRANT UPDATE (released) ON sluice.configuration TO sluice_fleet;
GRANT SELECT ON sluice.configuration_report TO sluice_fleet;
