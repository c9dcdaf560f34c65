/** What {@code sluice fleet init} makes: the tables in PostgreSQL and the topics in Kafka. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.init;
