/** Coverage: what devices should have reported, and what of it arrived. Reads the spool. */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.coverage;
