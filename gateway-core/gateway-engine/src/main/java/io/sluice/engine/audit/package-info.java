/**
 * The audit log: who did what, from where, and how it ended, in files whose lines are chained by
 * their hashes.
 */
package io.sluice.engine.audit;
