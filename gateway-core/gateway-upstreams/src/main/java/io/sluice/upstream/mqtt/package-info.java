/** Forwarding to an MQTT broker over Netty. */
package io.sluice.upstream.mqtt;
