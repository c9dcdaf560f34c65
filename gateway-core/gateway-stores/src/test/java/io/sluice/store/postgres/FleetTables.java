package io.sluice.store.postgres;

import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of its own with the fleet's tables, on the server that the tests share. */
final class FleetTables {
  final PostgreSql server;
  final String database;

  FleetTables(PostgreSql server) throws IOException {
    this.server = server;
    this.database = server.newDatabase();
    FleetDatabase.migrate(server, database);
  }

  PGSimpleDataSource source() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {server.port});
    source.setDatabaseName(database);
    source.setUser(PostgreSql.USER);
    source.setPassword(PostgreSql.PASSWORD);
    return source;
  }

  String sql(String... statements) throws IOException {
    return server.sql(database, statements);
  }
}
