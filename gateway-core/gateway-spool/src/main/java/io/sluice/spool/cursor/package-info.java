/**
 * The readers of a spool: where each one is in each lane, what became of the records, and the file
 * that keeps both. Made and handed out by {@code spool.writer}.
 */
package io.sluice.spool.cursor;
