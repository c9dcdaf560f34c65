/**
 * Where the registry's devices, credentials, claims and commands are kept. A store is implemented
 * by whoever adds a database, found by its {@link io.sluice.api.store.StoreFactory}, and called by
 * the registry alone.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.api.store;
