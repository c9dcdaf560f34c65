/** From a device's payload to an encoded record: codecs, profiles, units, judgement. */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize;
