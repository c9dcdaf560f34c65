/**
 * What brings messages in and carries commands out: an {@link io.sluice.api.adapter.AdapterFactory}
 * for each type of listener and source. Implemented by whoever adds a protocol, called by the
 * gateway's start alone; the ports of the gateway in it are implemented by the engine.
 */
package io.sluice.api.adapter;
