-- Up to where this copy has followed the fleet's store; one row, or none where there is no fleet.
CREATE TABLE followed (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  registry TEXT NOT NULL,
  revision INTEGER NOT NULL,
  scope    TEXT NOT NULL
);
