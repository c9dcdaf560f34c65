/**
 * Units and numbers as they are written: what turns into what, and which text is a number. Knows
 * nothing of profiles or payloads, and anyone may call it.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize.unit;
