/**
 * SQLite: the registry's default store, and the files beside the spool, how they are opened,
 * written, healed and set aside. {@link io.sluice.store.sqlite.SqliteFile} is for whoever keeps a
 * file of his own (alarms, coverage); the registry knows {@link io.sluice.api.store} alone.
 */
@org.jspecify.annotations.NullMarked
package io.sluice.store.sqlite;
