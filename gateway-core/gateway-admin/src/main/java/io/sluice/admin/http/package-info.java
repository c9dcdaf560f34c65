/**
 * How requests are read and answered: JSON, queries, bodies, media types, methods, faults and the
 * bound of connections. Resources and the routes call it; it knows no resource.
 */
package io.sluice.admin.http;
