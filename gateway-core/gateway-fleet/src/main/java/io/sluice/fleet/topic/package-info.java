/** What is read from topics and cannot be used: told, counted, left out. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.topic;
