/**
 * What reads payloads: a {@link io.sluice.api.codec.PayloadCodecFactory} for each form in which
 * devices write. Implemented by whoever adds one, called by normalization alone.
 */
package io.sluice.api.codec;
