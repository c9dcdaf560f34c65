/**
 * The durable queue: three lanes of segments on disk, a cursor for each reader, an exact ledger. It
 * knows the API alone; ingest appends, forwarders and the gateway's own readers read.
 */
package io.sluice.engine.spool;
