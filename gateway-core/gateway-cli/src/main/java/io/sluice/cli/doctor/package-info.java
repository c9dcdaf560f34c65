/**
 * Looks whether a machine is fit for a configuration. The command and the support bundle use it.
 */
package io.sluice.cli.doctor;
