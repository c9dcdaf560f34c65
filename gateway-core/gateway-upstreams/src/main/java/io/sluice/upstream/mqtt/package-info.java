/** Forwarding to an MQTT broker by Eclipse Paho. */
package io.sluice.upstream.mqtt;
