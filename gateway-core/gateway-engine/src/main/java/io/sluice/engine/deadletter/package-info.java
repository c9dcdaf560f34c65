/**
 * What could not be taken, kept whole: the form of dead letters in the spool, those that upstreams
 * refused, and letters on their way in again. Called by ingest, by upstreams' refusals and by the
 * operator's retries; knows ingest by a port alone.
 */
package io.sluice.engine.deadletter;
