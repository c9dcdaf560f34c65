/**
 * Reads and checks a configuration and all files that it names, for {@code run} and for every
 * command that needs them. It knows the settings of the engine and opens nothing but files.
 */
package io.sluice.cli.config;
