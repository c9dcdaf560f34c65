/**
 * The gateway as adapters see it: the ports of {@link io.sluice.api.adapter}, put together from
 * registry, pipeline and meters. Made by the gateway's start, called by adapters through the
 * interfaces alone.
 */
package io.sluice.engine.adapters;
