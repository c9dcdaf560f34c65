package io.sluice.fleet.partition;

import java.io.IOException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The store of one partition's task. */
final class PartitionStore {
  /** Changes where a build of before would read what stands in the store otherwise. */
  static final byte VERSION = 1;

  private final KeyValueStore<Bytes, byte[]> store;

  PartitionStore(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  /**
   * Has the store be one that this build reads, and says so in it where it is empty yet.
   *
   * @throws IOException where a newer build has written it
   */
  void requireVersion() throws IOException {
    byte[] known = get(StoreKeys.VERSION);
    if (known == null) {
      put(StoreKeys.VERSION, new byte[] {VERSION});
    } else if (known.length != 1 || known[0] != VERSION) {
      throw new IOException(
          "it is of version "
              + (known.length == 1 ? known[0] : 0)
              + ", and this build knows "
              + VERSION
              + "; run the newer version here, too");
    }
  }

  byte @Nullable [] get(byte[] key) {
    return store.get(Bytes.wrap(key));
  }

  void put(byte[] key, byte[] value) {
    store.put(Bytes.wrap(key), value);
  }

  void delete(byte[] key) {
    store.delete(Bytes.wrap(key));
  }

  /** What a look at one entry does. */
  interface Look {
    void at(byte[] key, byte[] value) throws IOException;
  }

  /** Looks at each from the first key to the last, both included. */
  void forEach(byte[] from, byte[] to, Look look) throws IOException {
    try (KeyValueIterator<Bytes, byte[]> all = store.range(Bytes.wrap(from), Bytes.wrap(to))) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> each = all.next();
        look.at(each.key.get(), each.value);
      }
    }
  }
}
