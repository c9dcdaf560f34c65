/**
 * The topology: what one partition's devices come to. A partition's book is in memory where its
 * task runs, and each change of it in the store of the task, which Kafka keeps.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.partition;
