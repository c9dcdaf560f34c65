-- One row a device with its credentials. Secrets are hashed, except the pre-shared key, which the
-- DTLS handshake needs as it is.
CREATE TABLE device (
  id            TEXT PRIMARY KEY,
  profile       TEXT NOT NULL,
  sector        TEXT NOT NULL,
  site          TEXT NOT NULL,
  interval_ms   INTEGER,
  parent        TEXT,
  planned       INTEGER NOT NULL,
  commissioned  INTEGER NOT NULL,
  retired       INTEGER NOT NULL,
  password_hash TEXT,
  token_hash    TEXT,
  psk_identity  TEXT,
  psk_key       BLOB,
  certificate   TEXT
) WITHOUT ROWID;

CREATE UNIQUE INDEX device_token ON device (token_hash) WHERE token_hash IS NOT NULL;
CREATE UNIQUE INDEX device_psk ON device (psk_identity) WHERE psk_identity IS NOT NULL;
CREATE UNIQUE INDEX device_certificate ON device (certificate) WHERE certificate IS NOT NULL;

-- What the device files said when they were last applied: a keyed digest of each entry. A row
-- outlives its device, so that a device removed over the API stays removed.
CREATE TABLE seed_entry (
  id     TEXT PRIMARY KEY,
  digest TEXT NOT NULL
) WITHOUT ROWID;
