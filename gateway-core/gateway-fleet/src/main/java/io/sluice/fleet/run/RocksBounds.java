package io.sluice.fleet.run;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds what RocksDB takes off the heap: all stores of the process share {@value #CACHE_MB} MB,
 * their write buffers in it.
 */
public final class RocksBounds implements RocksDBConfigSetter {
  private static final int CACHE_MB = 64;
  private static final int BUFFERS_MB = 24;
  private static final int BUFFER_MB = 4;
  private static final int BLOCK_BYTES = 16 << 10;

  /**
   * What a buffer takes at a time. By RocksDB's own measure, an eighth of a buffer, the first write
   * to each of 72 stores would take more than all may have, and each write would flush some store.
   */
  private static final int BUFFER_STEP_BYTES = 64 << 10;

  /** Those of the process; they stay for its life. */
  private static final class Shared {
    static final Cache CACHE = new LRUCache((long) CACHE_MB << 20);
    static final WriteBufferManager BUFFERS =
        new WriteBufferManager((long) BUFFERS_MB << 20, CACHE);

    private Shared() {}
  }

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(Shared.CACHE);
    table.setBlockSize(BLOCK_BYTES);
    table.setCacheIndexAndFilterBlocks(true);
    options.setTableFormatConfig(table);
    options.setWriteBufferManager(Shared.BUFFERS);
    options.setWriteBufferSize((long) BUFFER_MB << 20);
    options.setArenaBlockSize(BUFFER_STEP_BYTES);
    options.setMaxWriteBufferNumber(2);
  }

  @Override
  public void close(String store, Options options) {
    // the cache and the buffers are the process's
  }
}
