/**
 * What a codec took out of a payload, in columns, and how it is judged: values, times, quality,
 * alarm rules, up to the record's bytes. Called by codecs and by normalization.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize.sample;
