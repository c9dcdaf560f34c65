/**
 * How devices come into the registry other than one by one: device files, imports, claims,
 * certificates, self-registration. Called by the registry at start and by {@code registry.auth}.
 */
package io.sluice.engine.registry.provision;
