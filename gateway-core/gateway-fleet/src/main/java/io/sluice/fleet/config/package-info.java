/** The configuration of a fleet process: {@code fleet.yaml}. */
@org.jspecify.annotations.NullMarked
package io.sluice.fleet.config;
