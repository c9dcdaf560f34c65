/**
 * Logs of records in segment files: format, encryption, appending, reading, and recovery after a
 * crash. Called by {@code spool.cursor} and {@code spool.writer}; it knows no reader.
 */
package io.sluice.spool.segment;
