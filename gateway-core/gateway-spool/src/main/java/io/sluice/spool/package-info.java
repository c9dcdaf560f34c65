/**
 * The durable queue as the rest of the gateway sees it: what is appended, read, committed and told.
 * It knows the API alone; ingest appends, forwarders and the gateway's own readers read.
 */
package io.sluice.spool;
