/**
 * What reads payloads: the gateway's own codecs, and the guard around those of vendors' jars.
 * Called by normalization alone; profiles name codecs, and never see them.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize.codec;
