package io.sluice.api.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Makes the stores of one type. Found by {@link ServiceLoader}; has a public constructor. */
public interface StoreFactory {
  /** The type of the store that a gateway has which names none. */
  String DEFAULT_TYPE = "sqlite";

  /** The type, in lower case; no two factories have the same. */
  String type();

  /**
   * Opens the store, and makes it where there is none. Called once, at start.
   *
   * @param dataDirectory of this gateway; there
   * @throws IOException where it cannot be opened; the message names the place and the remedy
   */
  RegistryStore open(Path dataDirectory) throws IOException;

  /**
   * Opens the store of a type.
   *
   * @throws IOException where no factory has the type, or the store cannot be opened
   */
  static RegistryStore open(String type, Path dataDirectory) throws IOException {
    ServiceLoader<StoreFactory> found = ServiceLoader.load(StoreFactory.class);
    for (StoreFactory factory : found) {
      if (factory.type().equals(type)) {
        return factory.open(dataDirectory);
      }
    }
    throw new IOException(
        "no store is of type \""
            + type
            + "\"; there are: "
            + found.stream().map(one -> one.get().type()).collect(Collectors.joining(", ")));
  }
}
