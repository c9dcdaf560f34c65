/**
 * Commands that need no running gateway: check, decode, backup, audit, reference. Only the command
 * line makes them.
 */
package io.sluice.cli.offline;
