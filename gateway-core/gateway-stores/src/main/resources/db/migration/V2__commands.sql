-- Commands that wait, and a bounded history of those that ended.
CREATE TABLE command (
  sequence        INTEGER PRIMARY KEY,
  id              TEXT NOT NULL UNIQUE,
  device          TEXT NOT NULL,
  name            TEXT NOT NULL,
  content_type    TEXT NOT NULL,
  payload         BLOB,
  created_us      INTEGER NOT NULL,
  expires_us      INTEGER NOT NULL,
  state           TEXT NOT NULL,
  sent_us         INTEGER,
  acknowledged_us INTEGER
);
