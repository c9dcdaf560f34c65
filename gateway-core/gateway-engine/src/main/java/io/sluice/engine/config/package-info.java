/**
 * The configuration file: YAML with the place of each value, faults in one pass, the schema and the
 * reference page. The process and the commands of the terminal call it.
 */
package io.sluice.engine.config;
