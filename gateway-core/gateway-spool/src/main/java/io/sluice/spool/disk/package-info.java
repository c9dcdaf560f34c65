/**
 * The disk as the spool uses it, and the spool's small files. Called by the other packages of the
 * spool; tests put a disk that fails in its place.
 */
package io.sluice.spool.disk;
