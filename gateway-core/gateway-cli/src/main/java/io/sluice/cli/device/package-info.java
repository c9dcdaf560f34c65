/**
 * Commands that ask the admin API about devices, claims and commands to devices. Only the command
 * line makes them.
 */
package io.sluice.cli.device;
