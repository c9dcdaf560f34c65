-- Gateways, where each device is signed in, and commands on their way down.
-- Times are this server's. No box's clock counts: boxes say how long ago something was, by timers
-- that nobody sets.

-- Who runs. A gateway has its id for as long as its lease, which it renews while it runs.
CREATE TABLE sluice.gateway (
  id text PRIMARY KEY,
  instance uuid NOT NULL,        -- another at each start
  place text NOT NULL,           -- host and data directory: the same when a box starts again
  host text NOT NULL,
  region text,
  version text NOT NULL,
  address text NOT NULL,
  started timestamptz NOT NULL,
  seen timestamptz NOT NULL,
  lease_until timestamptz NOT NULL,
  clock_offset_ms bigint         -- the box's clock less this server's, as the box has measured it
);

-- Where a device signed in last. One row a device.
CREATE TABLE sluice.session (
  device text PRIMARY KEY,
  gateway text NOT NULL,
  signed_in timestamptz NOT NULL,
  epoch bigint NOT NULL          -- greater at each gateway that follows another
);
CREATE SEQUENCE sluice.session_epoch;

-- Commands. A gateway is named while it has one in hand: nobody else may deliver it then.
CREATE TABLE sluice.fleet_command (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  device text NOT NULL,
  via text,                      -- the concentrator that may take it for the device
  name text NOT NULL,
  content_type text NOT NULL,
  payload bytea NOT NULL,        -- empty once it is over
  created timestamptz NOT NULL,
  expires timestamptz NOT NULL,
  state text NOT NULL,
  gateway text,
  sent timestamptz,
  acknowledged timestamptz,
  reason_code integer,
  over boolean NOT NULL DEFAULT false
);
CREATE INDEX fleet_command_device ON sluice.fleet_command (device, sequence);
CREATE INDEX fleet_command_via ON sluice.fleet_command (via) WHERE NOT over AND via IS NOT NULL;
CREATE INDEX fleet_command_gateway ON sluice.fleet_command (gateway) WHERE NOT over;
CREATE INDEX fleet_command_expires ON sluice.fleet_command (expires) WHERE NOT over;

-- What a gateway listens to: itself alone.
CREATE FUNCTION sluice.gateway_channel(id text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT 'sluice_to_' || md5(id) $$;

-- Tells the gateways at which a device, or its concentrator, is signed in that a command waits.
CREATE FUNCTION sluice.tell_command(to_device text, to_via text) RETURNS void
LANGUAGE sql AS $$
  SELECT pg_notify(sluice.gateway_channel(s.gateway), 'c ' || to_device)
  FROM sluice.session s WHERE s.device = to_device OR s.device = to_via
$$;

-- Takes the id of a gateway, or keeps it. No row: another instance has it, whose lease is not over.
-- A box that starts again has its id at once; one that was put aside meanwhile has not.
CREATE FUNCTION sluice.hold_gateway(
  me text, my_instance uuid, my_place text, my_host text, my_region text, my_version text,
  my_address text, lease_ms bigint, starts boolean, offset_ms bigint)
RETURNS SETOF timestamptz
LANGUAGE sql AS $$
  INSERT INTO sluice.gateway AS g (id, instance, place, host, region, version, address, started,
    seen, lease_until, clock_offset_ms)
  VALUES (me, my_instance, my_place, my_host, my_region, my_version, my_address,
    clock_timestamp(), clock_timestamp(), clock_timestamp() + lease_ms * interval '1 ms', offset_ms)
  ON CONFLICT (id) DO UPDATE SET
    instance = excluded.instance, place = excluded.place, host = excluded.host,
    region = excluded.region, version = excluded.version, address = excluded.address,
    started = CASE WHEN g.instance = excluded.instance THEN g.started ELSE excluded.started END,
    seen = excluded.seen, lease_until = excluded.lease_until,
    clock_offset_ms = excluded.clock_offset_ms
  WHERE g.instance = excluded.instance
    OR g.lease_until <= clock_timestamp()
    OR (starts AND g.place = excluded.place)
  RETURNING seen
$$;

-- Signs devices in at a gateway. Of two gateways the later sign-in has the device, whenever each
-- is told here; the earlier one is told that it has lost it.
CREATE FUNCTION sluice.claim_sessions(me text, devices text[], ages_us bigint[])
RETURNS TABLE (claimed text, won boolean, holder text, at_epoch bigint)
LANGUAGE plpgsql AS $$
DECLARE
  each record;
  old sluice.session;
  at timestamptz;
BEGIN
  -- in one order, so that two gateways never wait for each other
  FOR each IN SELECT d, a FROM unnest(devices, ages_us) AS t (d, a) ORDER BY d LOOP
    at := clock_timestamp() - each.a * interval '1 us';
    claimed := each.d;
    INSERT INTO sluice.session (device, gateway, signed_in, epoch)
      VALUES (each.d, me, at, nextval('sluice.session_epoch')) ON CONFLICT (device) DO NOTHING
      RETURNING epoch INTO at_epoch;
    won := FOUND;
    holder := me;
    IF NOT won THEN
      SELECT * INTO old FROM sluice.session s WHERE s.device = each.d FOR UPDATE;
      won := old.gateway = me OR old.signed_in <= at;
      holder := CASE WHEN won THEN me ELSE old.gateway END;
      at_epoch := old.epoch;
      IF won THEN
        UPDATE sluice.session s SET gateway = me, signed_in = greatest(at, old.signed_in),
            epoch = nextval('sluice.session_epoch')
          WHERE s.device = each.d RETURNING s.epoch INTO at_epoch;
        IF old.gateway <> me THEN
          PERFORM pg_notify(
            sluice.gateway_channel(old.gateway), 's ' || each.d || ' ' || at_epoch || ' ' || me);
        END IF;
      END IF;
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

-- Queues a command; the same id twice is one command. No row: too many wait for the device.
CREATE FUNCTION sluice.submit_command(
  new_id text, to_device text, to_via text, new_name text, new_type text, new_payload bytea,
  expires_us bigint, max_waiting integer, max_ended integer)
RETURNS SETOF sluice.fleet_command
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('sluice.fleet_command ' || to_device, 0));
  IF EXISTS (SELECT FROM sluice.fleet_command c WHERE c.id = new_id AND c.device = to_device) THEN
    RETURN QUERY SELECT * FROM sluice.fleet_command c WHERE c.id = new_id;
    RETURN;
  END IF;
  IF (SELECT count(*) FROM sluice.fleet_command c
      WHERE c.device = to_device AND NOT c.over AND c.expires > clock_timestamp()) >= max_waiting
  THEN
    RETURN;
  END IF;
  DELETE FROM sluice.fleet_command c WHERE c.device = to_device AND c.over AND c.sequence <= (
    SELECT e.sequence FROM sluice.fleet_command e WHERE e.device = to_device AND e.over
    ORDER BY e.sequence DESC OFFSET max_ended LIMIT 1);
  RETURN QUERY INSERT INTO sluice.fleet_command
      (id, device, via, name, content_type, payload, created, expires, state)
    VALUES (new_id, to_device, to_via, new_name, new_type, new_payload, clock_timestamp(),
      clock_timestamp() + expires_us * interval '1 us', 'QUEUED')
    RETURNING *;
  PERFORM sluice.tell_command(to_device, to_via);
END $$;

-- Whether a gateway's lease is not over. Volatile, and no join: it is asked once more of a row that
-- another has changed while this one waited for it, and has to see what stands there then.
CREATE FUNCTION sluice.is_running(gateway_id text) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM sluice.gateway g
    WHERE g.id = gateway_id AND g.lease_until > clock_timestamp());
END $$;

-- Gives a gateway what waits for these devices and nobody has in hand, oldest first. One that was
-- given out to a poll waits for its answer first.
CREATE FUNCTION sluice.take_commands(
  me text, devices text[], most integer, again_ms bigint)
RETURNS SETOF sluice.fleet_command
LANGUAGE sql AS $$
  WITH due AS (
    SELECT c.sequence FROM sluice.fleet_command c
    WHERE (c.device = ANY (devices) OR c.via = ANY (devices))
      AND NOT c.over AND c.expires > clock_timestamp()
      AND (c.gateway IS NULL
        OR (c.gateway <> me AND NOT sluice.is_running(c.gateway)))
      AND (c.state = 'QUEUED' OR c.gateway IS NOT NULL
        OR c.sent <= clock_timestamp() - again_ms * interval '1 ms')
    ORDER BY c.sequence LIMIT most FOR UPDATE SKIP LOCKED)
  UPDATE sluice.fleet_command c SET gateway = me, state = 'QUEUED'
  FROM due WHERE c.sequence = due.sequence RETURNING c.*
$$;

-- Writes back how far commands have come. A gateway writes of those that it has in hand; that a
-- device has answered counts whoever has heard it.
CREATE FUNCTION sluice.report_commands(
  me text, ids text[], of_devices text[], states text[], sent_us bigint[], answered_us bigint[],
  reasons integer[], overs boolean[], releases boolean[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  each record;
  old sluice.fleet_command;
  answers boolean;
BEGIN
  FOR each IN SELECT * FROM unnest(ids, of_devices, states, sent_us, answered_us, reasons, overs,
      releases) AS t (id, device, state, sent, answered, reason, over, release) ORDER BY id LOOP
    SELECT * INTO old FROM sluice.fleet_command c WHERE c.id = each.id
      AND (c.device = each.device OR c.via = each.device) FOR UPDATE;
    answers := each.answered IS NOT NULL;
    CONTINUE WHEN old.id IS NULL OR (old.gateway IS DISTINCT FROM me AND NOT answers);
    UPDATE sluice.fleet_command c SET
      state = CASE WHEN old.state IN ('CANCELLED', 'ACKNOWLEDGED', 'REFUSED')
          OR (old.over AND NOT answers) THEN old.state ELSE each.state END,
      sent = coalesce(clock_timestamp() - each.sent * interval '1 us', old.sent),
      acknowledged = coalesce(
        old.acknowledged, clock_timestamp() - each.answered * interval '1 us'),
      reason_code = CASE WHEN old.acknowledged IS NULL THEN each.reason ELSE old.reason_code END,
      over = old.over OR each.over,
      payload = CASE WHEN old.over OR each.over THEN '' ELSE old.payload END,
      gateway = CASE WHEN each.release AND old.gateway = me THEN NULL ELSE old.gateway END
    WHERE c.sequence = old.sequence;
    IF each.over AND old.gateway <> me AND NOT old.over THEN
      PERFORM pg_notify(
        sluice.gateway_channel(old.gateway), 'x ' || old.id || ' ' || old.device);
    ELSIF each.release AND NOT old.over AND NOT each.over THEN
      PERFORM pg_notify(sluice.gateway_channel(s.gateway), 'c ' || old.device)
        FROM sluice.session s
        WHERE (s.device = old.device OR s.device = old.via) AND s.gateway <> me;
    END IF;
  END LOOP;
END $$;

-- Ends a command that waits; whoever has it in hand is told.
CREATE FUNCTION sluice.cancel_command(of_device text, of_id text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  holder text;
BEGIN
  UPDATE sluice.fleet_command c SET state = 'CANCELLED', over = true, payload = ''
    WHERE c.id = of_id AND c.device = of_device AND NOT c.over AND c.expires > clock_timestamp()
    RETURNING c.gateway INTO holder;
  IF holder IS NOT NULL THEN
    PERFORM pg_notify(sluice.gateway_channel(holder), 'x ' || of_id || ' ' || of_device);
  END IF;
END $$;

-- A command that a box has taken while this server was away. True: it is that gateway's to deliver.
CREATE FUNCTION sluice.push_command(
  me text, new_id text, to_device text, to_via text, new_name text, new_type text,
  new_payload bytea, age_us bigint, left_us bigint, new_state text, sent_us bigint)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sluice.fleet_command AS known
      (id, device, via, name, content_type, payload, created, expires, state, gateway, sent)
    VALUES (new_id, to_device, to_via, new_name, new_type, new_payload,
      clock_timestamp() - age_us * interval '1 us', clock_timestamp() + left_us * interval '1 us',
      new_state, me, clock_timestamp() - sent_us * interval '1 us')
    ON CONFLICT (id) DO UPDATE SET gateway = me, state = excluded.state, sent = excluded.sent
      WHERE known.gateway IS NULL AND NOT known.over;
  RETURN EXISTS (SELECT FROM sluice.fleet_command c
    WHERE c.id = new_id AND c.gateway = me AND NOT c.over);
END $$;

-- Ends commands whose time is over, some at a time. Whoever has one in hand ends it itself; this
-- waits so long for it.
CREATE FUNCTION sluice.expire_commands(grace_ms bigint, most integer) RETURNS bigint
LANGUAGE sql AS $$
  WITH due AS (
    SELECT c.sequence FROM sluice.fleet_command c
    WHERE NOT c.over AND c.expires <= clock_timestamp() - grace_ms * interval '1 ms'
    ORDER BY c.expires LIMIT most FOR UPDATE SKIP LOCKED),
  ended AS (
    UPDATE sluice.fleet_command c SET state = 'EXPIRED', over = true, payload = ''
    FROM due WHERE c.sequence = due.sequence RETURNING c.sequence)
  SELECT count(*) FROM ended
$$;

-- A device that is removed or retired has no session and no commands any more; a later one of its
-- id gets none of them. As the tables' owner: once the device is gone, its commands are nobody's.
CREATE FUNCTION sluice.forget_device() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM sluice.session s WHERE s.device = OLD.id;
  PERFORM pg_notify(sluice.gateway_channel(c.gateway), 'x ' || c.id || ' ' || c.device)
    FROM sluice.fleet_command c WHERE c.device = OLD.id AND NOT c.over AND c.gateway IS NOT NULL;
  UPDATE sluice.fleet_command c SET state = 'EXPIRED', over = true, payload = ''
    WHERE c.device = OLD.id AND NOT c.over;
  RETURN NULL;
END $$;
CREATE TRIGGER device_removed AFTER DELETE ON sluice.device
  FOR EACH ROW EXECUTE FUNCTION sluice.forget_device();
CREATE TRIGGER device_retired AFTER UPDATE ON sluice.device
  FOR EACH ROW WHEN (NEW.retired AND NOT OLD.retired) EXECUTE FUNCTION sluice.forget_device();

-- Who sees what: in which region each user of the database is. '*' is every region. The owner of
-- the tables, and a superuser, see all.
CREATE TABLE sluice.gateway_role (
  role name PRIMARY KEY,
  region text NOT NULL
);

-- Region of the user who has signed in, null where it has none. Of the session's user: a function
-- that runs as another changes nothing.
CREATE FUNCTION sluice.own_region() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT region FROM sluice.gateway_role WHERE role = session_user
$$;

-- A device without a region is everybody's who has one.
ALTER TABLE sluice.device ENABLE ROW LEVEL SECURITY;
CREATE POLICY device_of_region ON sluice.device
  USING ((SELECT sluice.own_region()) = '*'
    OR ((SELECT sluice.own_region()) IS NOT NULL
      AND coalesce(region, (SELECT sluice.own_region())) = (SELECT sluice.own_region())));

-- Commands may be as secret as their device's credentials: who sees the device sees them.
ALTER TABLE sluice.fleet_command ENABLE ROW LEVEL SECURITY;
CREATE POLICY command_of_device ON sluice.fleet_command
  USING ((SELECT sluice.own_region()) = '*'
    OR EXISTS (SELECT FROM sluice.device d WHERE d.id = device));

-- Everybody sees who runs; nobody holds an id of another region.
ALTER TABLE sluice.gateway ENABLE ROW LEVEL SECURITY;
CREATE POLICY gateway_seen ON sluice.gateway FOR SELECT USING (true);
CREATE POLICY gateway_new ON sluice.gateway FOR INSERT
  WITH CHECK ((SELECT sluice.own_region()) IN ('*', region));
CREATE POLICY gateway_own ON sluice.gateway FOR UPDATE
  USING ((SELECT sluice.own_region()) IN ('*', region));
