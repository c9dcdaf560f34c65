package io.sluice.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoreFactory;
import io.sluice.api.store.StoredDevice;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
  @TempDir Path directory;

  @Test
  void databaseOfVersionOneIsMigrated() throws Exception {
    Path file = directory.resolve("registry.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      Migrations.migrate(connection, 1);
      statement.executeUpdate(
          "INSERT INTO device (id, profile, sector, site, planned, commissioned, retired)"
              + " VALUES ('old', 'cnc', 'factory', 'a', 1, 1, 0)");
    }
    List<String> ids = new ArrayList<>();
    try (RegistryStore store = StoreFactory.open(StoreFactory.DEFAULT_TYPE, directory)) {
      store.load(
          new RegistryStore.Loader() {
            @Override
            public void device(StoredDevice device) {
              ids.add(device.id());
            }
          });
    }
    assertThat(ids).containsExactly("old");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT max(version) FROM schema_version")) {
      rows.next();
      assertThat(rows.getInt(1)).isEqualTo(Migrations.SCRIPTS.size());
    }
  }
}
