/**
 * The MQTT 3.1, 3.1.1 and 5.0 listeners as the gateway finds them: their factories and settings.
 * The gateway calls it by {@link io.sluice.api.adapter.AdapterFactory}; nothing below knows it.
 */
package io.sluice.adapter.mqtt;
