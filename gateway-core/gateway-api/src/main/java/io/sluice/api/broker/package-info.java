/** MQTT brokers to which the gateway connects by itself: what sources and upstreams share. */
@NullMarked
package io.sluice.api.broker;

import org.jspecify.annotations.NullMarked;
