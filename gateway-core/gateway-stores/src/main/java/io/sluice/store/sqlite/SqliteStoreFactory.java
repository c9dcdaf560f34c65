package io.sluice.store.sqlite;

import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoreFactory;
import java.io.IOException;
import java.nio.file.Path;

/** Keeps the registry in {@code registry.db} of the data directory. */
public final class SqliteStoreFactory implements StoreFactory {
  @Override
  public String type() {
    return DEFAULT_TYPE;
  }

  @Override
  public RegistryStore open(Path dataDirectory) throws IOException {
    return SqliteRegistryStore.open(dataDirectory.resolve("registry.db"));
  }
}
