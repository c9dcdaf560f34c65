/**
 * The spool on disk as a whole: one thread that writes, what is kept and given up, and background
 * work. {@link io.sluice.spool.writer.SegmentedSpool} is opened by the gateway; the rest is called
 * by it alone.
 */
package io.sluice.spool.writer;
