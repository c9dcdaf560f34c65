/**
 * What a client's connection and session are: one handler for each packet type, messages in hand,
 * commands, wills. The listener makes a connection for each socket and calls nothing else.
 */
package io.sluice.adapter.mqtt.session;
