/**
 * Dialects: what topics and paths of one vendor mean. They are read from YAML once, compiled into
 * one {@link io.sluice.engine.dialect.TopicTable} for each list of dialects that the configuration
 * names, and asked by {@code ingest} for each message.
 */
package io.sluice.engine.dialect;
