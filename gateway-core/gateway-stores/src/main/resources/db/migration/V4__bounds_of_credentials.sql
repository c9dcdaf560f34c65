-- Which authority a certificate's name is bound to; a name without one is of any that the listener
-- trusts, but for just-in-time authorities.
ALTER TABLE device ADD COLUMN certificate_authority TEXT;

ALTER TABLE previous_credential ADD COLUMN certificate_authority TEXT;

-- SHA-256 of the token that the claim gave: the claim may be shown again only while that is all
-- that the device has.
ALTER TABLE claimed_device ADD COLUMN issued_hash TEXT;

-- Of those before, only what is still exactly as its claim made it.
UPDATE claimed_device SET issued_hash = (
  SELECT device.token_hash FROM device JOIN claim ON claim.token_hash = claimed_device.token_hash
  WHERE device.id = claimed_device.id AND device.retired = 0
    AND device.profile = claim.profile AND device.sector = claim.sector AND device.site = claim.site
    AND device.password_hash IS NULL AND device.psk_identity IS NULL
    AND device.certificate IS NULL AND device.public_key IS NULL);

DELETE FROM claimed_device WHERE issued_hash IS NULL;

-- Devices that were removed while they were revoked or retired: they do not come back by themselves.
CREATE TABLE barred_device (
  number INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE
);

-- Ids that no path of the API can name; nobody could revoke or remove them.
DELETE FROM device WHERE id IN ('.', '..');

DELETE FROM previous_credential WHERE id IN ('.', '..');

DELETE FROM claimed_device WHERE id IN ('.', '..');

DELETE FROM command WHERE device IN ('.', '..');

UPDATE device SET parent = NULL WHERE parent IN ('.', '..');

DELETE FROM claim WHERE name IN ('.', '..');
