-- The device secret of a vendor's sign-in, as text: signatures are made anew with it.
ALTER TABLE device ADD COLUMN secret TEXT;

ALTER TABLE previous_credential ADD COLUMN secret TEXT;
