-- Claims, removals and configurations are of a region, as devices are: whoever is in no other reads
-- nothing of it. What was there before this version is of none, and everybody's who has one.
ALTER TABLE sluice.claim ADD COLUMN region text;
ALTER TABLE sluice.claimed_device ADD COLUMN region text;

-- In the key: what two regions had of one name are two.
ALTER TABLE sluice.removal ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE sluice.removal DROP CONSTRAINT removal_pkey;
ALTER TABLE sluice.removal ADD PRIMARY KEY (kind, key, site, region);

ALTER TABLE sluice.claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY claim_of_region ON sluice.claim
  USING ((SELECT sluice.own_region()) = '*'
    OR ((SELECT sluice.own_region()) IS NOT NULL
      AND coalesce(region, (SELECT sluice.own_region())) = (SELECT sluice.own_region())));

ALTER TABLE sluice.claimed_device ENABLE ROW LEVEL SECURITY;
CREATE POLICY claimed_device_of_region ON sluice.claimed_device
  USING ((SELECT sluice.own_region()) = '*'
    OR ((SELECT sluice.own_region()) IS NOT NULL
      AND coalesce(region, (SELECT sluice.own_region())) = (SELECT sluice.own_region())));

ALTER TABLE sluice.removal ENABLE ROW LEVEL SECURITY;
CREATE POLICY removal_of_region ON sluice.removal
  USING ((SELECT sluice.own_region()) = '*'
    OR region IN ('', (SELECT sluice.own_region())));

-- Forgets the first removals beyond the bound, of all regions together, and says up to which
-- revision. As the tables' owner: who writes sees those of its own region.
CREATE FUNCTION sluice.trim_removals(kept integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
  WITH ended AS (
    DELETE FROM sluice.removal WHERE revision <= (
      SELECT revision FROM sluice.removal ORDER BY revision DESC OFFSET kept LIMIT 1)
    RETURNING revision)
  UPDATE sluice.registry SET oldest = greatest(oldest, (SELECT max(revision) FROM ended))
  WHERE EXISTS (SELECT 1 FROM ended)
$$;

-- A configuration is for a region, or for gateways, which are in one.
ALTER TABLE sluice.configuration ENABLE ROW LEVEL SECURITY;
CREATE POLICY configuration_of_region ON sluice.configuration
  USING ((SELECT sluice.own_region()) = '*'
    OR ((SELECT sluice.own_region()) IS NOT NULL
      AND coalesce(region, (SELECT sluice.own_region())) = (SELECT sluice.own_region())
      AND (gateways = '{}' OR EXISTS (SELECT FROM sluice.gateway g
        WHERE g.id = ANY (gateways) AND g.region = (SELECT sluice.own_region())))));

ALTER TABLE sluice.configuration_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY configuration_file_of_region ON sluice.configuration_file
  USING (EXISTS (SELECT FROM sluice.configuration c
    WHERE c.version = configuration_file.version));

-- What a gateway says of one may have parts of it.
ALTER TABLE sluice.configuration_report ENABLE ROW LEVEL SECURITY;
CREATE POLICY configuration_report_of_region ON sluice.configuration_report
  USING ((SELECT sluice.own_region()) = '*'
    OR EXISTS (SELECT FROM sluice.gateway g
      WHERE g.id = gateway AND g.region = (SELECT sluice.own_region())));
