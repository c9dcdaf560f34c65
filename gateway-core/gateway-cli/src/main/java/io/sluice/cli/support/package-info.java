/**
 * Gathers what somebody who helps needs to see, without secrets. Only the command line makes it.
 */
package io.sluice.cli.support;
