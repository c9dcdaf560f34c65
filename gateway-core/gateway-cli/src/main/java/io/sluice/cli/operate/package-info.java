/**
 * Commands that ask the admin API how a gateway does: status, ledger, coverage, alarms, upstreams,
 * dead letters. Only the command line makes them.
 */
package io.sluice.cli.operate;
