package io.sluice.store.sqlite;

import io.sluice.adapter.testkit.StoreContract;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoreFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.io.TempDir;

class SqliteRegistryStoreTest implements StoreContract {
  @TempDir Path directory;

  @Override
  public Place place() {
    return new Place() {
      @Override
      public RegistryStore open() throws IOException {
        return StoreFactory.open(StoreFactory.DEFAULT_TYPE, directory);
      }

      @Override
      public void fail() throws SQLException {
        execute("ALTER TABLE device RENAME TO hidden");
      }

      @Override
      public void mend() throws SQLException {
        execute("ALTER TABLE hidden RENAME TO device");
      }
    };
  }

  private void execute(String sql) throws SQLException {
    try (Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("registry.db"));
        Statement statement = other.createStatement()) {
      statement.execute(sql);
    }
  }
}
