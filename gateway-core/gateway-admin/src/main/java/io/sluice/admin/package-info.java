/**
 * The admin listener: HTTP API, event streams, metrics and the dashboard. The start of the gateway
 * calls {@link io.sluice.admin.AdminServer}; which path leads where stands in AdminRoutes.
 */
package io.sluice.admin;
