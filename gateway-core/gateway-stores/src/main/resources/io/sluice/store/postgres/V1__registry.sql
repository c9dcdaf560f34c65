-- The fleet's registry. Each change takes the next revision under the lock of the one row of
-- registry and keeps it until it has committed: revisions are in the order of commits, so that
-- whoever reads up to one has missed none.
CREATE TABLE sluice.registry (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  id        uuid NOT NULL DEFAULT gen_random_uuid(),
  revision  bigint NOT NULL DEFAULT 0,
  -- removals of revisions up to this one are forgotten: an older copy is read anew as a whole
  oldest    bigint NOT NULL DEFAULT 0
);

INSERT INTO sluice.registry DEFAULT VALUES;

-- One row a device. Passwords and tokens are hashed; psk_key and secret are encrypted with a key
-- that the gateways have and this database has not.
CREATE TABLE sluice.device (
  id                             text COLLATE "C" PRIMARY KEY,
  revision                       bigint NOT NULL,
  changed_us                     bigint NOT NULL,
  region                         text,
  profile                        text NOT NULL,
  sector                         text NOT NULL,
  site                           text NOT NULL,
  interval_ms                    bigint,
  parent                         text,
  planned                        boolean NOT NULL,
  commissioned                   boolean NOT NULL,
  retired                        boolean NOT NULL,
  timezone                       text,
  password_hash                  text,
  token_hash                     text,
  psk_identity                   text,
  psk_key                        bytea,
  certificate                    text,
  certificate_authority          text,
  public_key                     text,
  secret                         bytea,
  previous_until_ms              bigint,
  previous_password_hash         text,
  previous_token_hash            text,
  previous_psk_identity          text,
  previous_psk_key               bytea,
  previous_certificate           text,
  previous_certificate_authority text,
  previous_public_key            text,
  previous_secret                bytea
);

CREATE INDEX device_revision ON sluice.device (revision);
CREATE UNIQUE INDEX device_token ON sluice.device (token_hash) WHERE token_hash IS NOT NULL;
CREATE UNIQUE INDEX device_psk ON sluice.device (psk_identity) WHERE psk_identity IS NOT NULL;
CREATE UNIQUE INDEX device_certificate ON sluice.device (certificate)
  WHERE certificate IS NOT NULL;
CREATE UNIQUE INDEX device_public_key ON sluice.device (public_key) WHERE public_key IS NOT NULL;

CREATE TABLE sluice.claim (
  token_hash text COLLATE "C" PRIMARY KEY,
  revision   bigint NOT NULL,
  name       text NOT NULL UNIQUE,
  profile    text NOT NULL,
  sector     text NOT NULL,
  site       text NOT NULL,
  pattern    text NOT NULL,
  uses_left  integer NOT NULL,
  expires_ms bigint NOT NULL,
  created_ms bigint NOT NULL
);

CREATE INDEX claim_revision ON sluice.claim (revision);

-- What a claim gave to a device that has not shown it yet.
CREATE TABLE sluice.claimed_device (
  id          text COLLATE "C" PRIMARY KEY,
  revision    bigint NOT NULL,
  token_hash  text NOT NULL,
  issued_hash text NOT NULL,
  claimed_ms  bigint NOT NULL
);

CREATE INDEX claimed_device_revision ON sluice.claimed_device (revision);

-- Devices that do not come back by themselves; the first barred go first.
CREATE TABLE sluice.barred_device (
  id       text COLLATE "C" PRIMARY KEY,
  number   bigint GENERATED ALWAYS AS IDENTITY,
  revision bigint NOT NULL
);

CREATE INDEX barred_device_revision ON sluice.barred_device (revision);

-- What is not there any more, or not at that site any more, since which revision.
CREATE TABLE sluice.removal (
  revision   bigint NOT NULL,
  changed_us bigint NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('device', 'claim', 'claimed', 'barred')),
  key        text COLLATE "C" NOT NULL,
  site       text NOT NULL,
  PRIMARY KEY (kind, key, site)
);

CREATE INDEX removal_revision ON sluice.removal (revision);
