/**
 * The payload formats that every installation has. Found as services, as those of other jars are.
 */
package io.sluice.engine.forward.format;
