/**
 * What all that takes vendors' messages apart reads with: JSON within the bounds of payloads, bare
 * words, names of devices. Knows no vendor.
 */
package io.sluice.engine.dialect.unpack.read;
