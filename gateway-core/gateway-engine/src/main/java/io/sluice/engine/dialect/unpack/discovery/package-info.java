/**
 * Home Assistant's MQTT discovery: devices publish what their topics mean, of which unit their
 * values are and of which device, before they publish values.
 */
package io.sluice.engine.dialect.unpack.discovery;
