/**
 * One MQTT listener: the pipeline of a connection, with a WebSocket in front where that is spoken.
 * The factories call it.
 */
package io.sluice.adapter.mqtt.server;
