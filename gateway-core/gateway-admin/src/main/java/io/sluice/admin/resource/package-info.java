/**
 * One class for each part of the HTTP API and for each event stream. Each puts its own paths into
 * the router, and is called by the routes alone.
 */
package io.sluice.admin.resource;
