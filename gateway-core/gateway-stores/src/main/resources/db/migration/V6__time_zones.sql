-- Zone of the times that a device writes without one; null is its site's or its profile's.
ALTER TABLE device ADD COLUMN timezone TEXT;
