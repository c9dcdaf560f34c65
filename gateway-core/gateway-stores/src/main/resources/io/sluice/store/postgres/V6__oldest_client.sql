-- Of which version on a Sluice may work with these tables. A later script that only adds leaves it; one that an older
-- Sluice cannot work with replaces it by its own version. So a fleet is upgraded one gateway after the other.
create function sluice.oldest_client() returns integer language sql immutable as 'select 6';
