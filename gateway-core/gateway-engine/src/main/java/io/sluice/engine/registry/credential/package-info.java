/**
 * What credentials are made of: hashes, tokens, names of certificates, authorities and the section
 * {@code access}. Knows no device; used by every other part of the registry.
 */
package io.sluice.engine.registry.credential;
