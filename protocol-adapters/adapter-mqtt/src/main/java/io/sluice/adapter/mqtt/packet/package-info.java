/**
 * Packets made of bytes, and judged by the standard before anything else sees them. Knows no
 * session; its handlers stand in a pipeline, and the session calls the rest.
 */
package io.sluice.adapter.mqtt.packet;
