/** The registry as a topic: what the view has to know of each device, from PostgreSQL to Kafka. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.device;
