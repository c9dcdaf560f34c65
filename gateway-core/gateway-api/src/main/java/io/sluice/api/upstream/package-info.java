/**
 * What sends records on: an {@link io.sluice.api.upstream.UpstreamFactory} for each type of far
 * end. Implemented by whoever adds one, called by the forwarder alone.
 */
package io.sluice.api.upstream;
