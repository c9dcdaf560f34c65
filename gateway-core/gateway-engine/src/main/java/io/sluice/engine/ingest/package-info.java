/**
 * The way of a message from an adapter to its verdict: dialect, codec, record, spool. Adapters
 * reach it through {@code api.adapter.Ingress}.
 */
package io.sluice.engine.ingest;
