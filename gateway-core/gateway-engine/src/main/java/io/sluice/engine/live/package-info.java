/**
 * The stream of stored records, for operators and local consumers. Fed by ingest on the spool's
 * writer thread; whoever follows has a thread and a bounded queue of his own.
 */
package io.sluice.engine.live;
