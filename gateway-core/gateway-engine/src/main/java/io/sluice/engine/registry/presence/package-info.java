/**
 * The one owner of each device's live link, and when and from where each was seen last. Called by
 * adapters through {@code api.adapter.Sessions}, by the ingest, by coverage and by supervision.
 */
package io.sluice.engine.registry.presence;
