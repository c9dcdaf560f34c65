-- How a device answered a command, and that nothing is waited for any more (sent at QoS 0).
ALTER TABLE command ADD COLUMN reason_code INTEGER;
ALTER TABLE command ADD COLUMN over INTEGER NOT NULL DEFAULT 0;
