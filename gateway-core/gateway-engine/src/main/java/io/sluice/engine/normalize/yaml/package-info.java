/**
 * YAML whose faults name line and column, with the word that was probably meant. Called by the
 * readers of profiles.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize.yaml;
