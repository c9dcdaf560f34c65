-- Raw public keys (RFC 7250), and what stays valid for a while after a change of credentials.
ALTER TABLE device ADD COLUMN public_key TEXT;

CREATE UNIQUE INDEX device_public_key ON device (public_key) WHERE public_key IS NOT NULL;

CREATE TABLE previous_credential (
  id            TEXT PRIMARY KEY,
  until_ms      INTEGER NOT NULL,
  password_hash TEXT,
  token_hash    TEXT,
  psk_identity  TEXT,
  psk_key       BLOB,
  certificate   TEXT,
  public_key    TEXT
) WITHOUT ROWID;

-- Claim tokens: each registers so many devices of one kind until it expires.
CREATE TABLE claim (
  token_hash TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  profile    TEXT NOT NULL,
  sector     TEXT NOT NULL,
  site       TEXT NOT NULL,
  pattern    TEXT NOT NULL,
  uses_left  INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE claimed_device (
  id         TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL,
  claimed_ms INTEGER NOT NULL
) WITHOUT ROWID;
