-- From where a name's password was right: keyed digests, which tell neither name nor address.
CREATE TABLE known_place (
  number INTEGER PRIMARY KEY,
  digest INTEGER NOT NULL UNIQUE
);
