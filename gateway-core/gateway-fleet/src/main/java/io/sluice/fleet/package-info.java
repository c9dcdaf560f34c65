/**
 * The view of a fleet of gateways: what their records, presence and registry come to, over all of
 * them. It runs as processes of its own beside Kafka and PostgreSQL. No gateway needs it.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet;
