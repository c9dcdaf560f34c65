/** The SQLite files beside the spool: how they are opened, written, healed and set aside. */
@org.jspecify.annotations.NullMarked
package io.sluice.engine.sqlite;
