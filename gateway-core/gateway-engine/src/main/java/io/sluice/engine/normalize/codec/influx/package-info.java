/**
 * The codec {@code influx-line}: points in the line protocol of InfluxDB, as Telegraf writes them.
 * Known to the list of codecs, and its points to the dialect of Telegraf.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.normalize.codec.influx;
