/** Forwarding to Apache Kafka. */
package io.sluice.upstream.kafka;
