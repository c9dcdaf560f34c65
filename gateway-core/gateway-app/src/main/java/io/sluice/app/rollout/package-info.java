/**
 * Takes a configuration from the fleet: keeps its files, checks it, tries it, and goes back to the
 * one before where something does not come back.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.app.rollout;
