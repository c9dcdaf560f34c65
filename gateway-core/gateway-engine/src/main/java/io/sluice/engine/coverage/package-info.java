/**
 * Coverage: what devices should have reported, and what of it arrived. Reads the spool on a thread
 * of its own; asked by operators through {@code api.operator}, and by alarms.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.coverage;
