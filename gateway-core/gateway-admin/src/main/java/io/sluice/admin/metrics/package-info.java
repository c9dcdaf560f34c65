/**
 * The figures of the gateway as metrics: as a page for Prometheus and as requests to an
 * OpenTelemetry receiver. The routes and the start of the gateway call it.
 */
package io.sluice.admin.metrics;
