/**
 * Sends stored records to upstreams: one forwarder and one cursor each, at least once, in order of
 * each lane. The process starts it; upstreams are called through {@code api.upstream} alone.
 */
package io.sluice.engine.forward;
