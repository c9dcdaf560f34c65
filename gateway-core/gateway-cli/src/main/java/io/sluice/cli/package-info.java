/**
 * What the commands of the terminal share: tables, the client of the admin API, exit codes. The
 * commands and {@code gateway-app} may use it; it knows no part of the process.
 */
package io.sluice.cli;
