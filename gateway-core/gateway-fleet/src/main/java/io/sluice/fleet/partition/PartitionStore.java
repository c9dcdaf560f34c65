package io.sluice.fleet.partition;

import java.io.IOException;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The store of one partition's task. */
final class PartitionStore {
  private final KeyValueStore<Bytes, byte[]> store;

  PartitionStore(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
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
