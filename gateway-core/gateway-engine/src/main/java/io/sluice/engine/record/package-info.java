/** The canonical record in bytes: writing it, reading it in place, and its canonical JSON. */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.record;
