/**
 * The fleet's registry in PostgreSQL, and a gateway's store that follows it. Loaded where {@code
 * fleet.store} is configured, and by the fleet's own process.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.store.postgres;
