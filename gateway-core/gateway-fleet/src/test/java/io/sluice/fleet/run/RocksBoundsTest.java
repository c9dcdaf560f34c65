package io.sluice.fleet.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

class RocksBoundsTest {
  /** 24 partitions, each with its devices and two segments of ids. */
  private static final int STORES = 72;

  private static final int VALUE_BYTES = 1_000;

  @TempDir Path directory;
  private final List<RocksDB> stores = new ArrayList<>();
  private final List<Options> settings = new ArrayList<>();

  @AfterEach
  void close() {
    stores.forEach(RocksDB::close);
    settings.forEach(Options::close);
  }

  private void open() throws RocksDBException {
    RocksDB.loadLibrary();
    for (int i = 0; i < STORES; i++) {
      Options options = new Options().setCreateIfMissing(true);
      options.setTableFormatConfig(new BlockBasedTableConfig());
      new RocksBounds().setConfig("store-" + i, options, Map.of());
      settings.add(options);
      stores.add(RocksDB.open(options, directory.resolve("store-" + i).toString()));
    }
  }

  @Test
  void writesToManyStoresAreGatheredInMemoryUntilTheirBoundIsReached() throws Exception {
    open();
    byte[] value = new byte[VALUE_BYTES];
    try (WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
        FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
      for (int number = 0; number < 100; number++) { // 7 MB in all
        for (RocksDB store : stores) {
          store.put(unlogged, ByteBuffer.allocate(4).putInt(number).array(), value);
        }
      }
      int flushed = 0;
      for (RocksDB store : stores) {
        flushed += store.getLiveFilesMetaData().size();
      }
      assertThat(flushed).isZero();
      stores.getFirst().flush(waiting); // the count above would have seen it
      assertThat(stores.getFirst().getLiveFilesMetaData()).hasSize(1);
    }
  }
}
