/**
 * The MQTT sources: brokers that are there already, to which the gateway subscribes. The gateway
 * calls it by {@link io.sluice.api.adapter.AdapterFactory}; nothing below knows it.
 */
@NullMarked
package io.sluice.adapter.mqttclient;

import org.jspecify.annotations.NullMarked;
