/**
 * Device profiles: read out of YAML, checked, compiled into a plan that codecs follow. Anyone may
 * ask a profile what its devices measure; only this package makes one.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize.profile;
