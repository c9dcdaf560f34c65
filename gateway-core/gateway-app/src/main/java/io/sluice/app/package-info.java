/**
 * The process: it reads the configuration, builds the gateway and ends it. Nobody calls it but the
 * launcher.
 */
package io.sluice.app;
