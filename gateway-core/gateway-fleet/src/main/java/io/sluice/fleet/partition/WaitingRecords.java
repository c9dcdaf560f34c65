package io.sluice.fleet.partition;

import io.sluice.engine.coverage.slot.Calendar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Records of devices that the registry's topic has not told of yet: a device registers itself at a
 * gateway and sends at once, and the registry comes by another way. They are kept in the store for
 * {@value #KEPT_HOURS} h, {@value #OF_DEVICE_MAX} of a device and {@value #ALL_MAX} of a partition;
 * what is more is left out of coverage and counted. Of the task's thread.
 */
final class WaitingRecords {
  private static final int OF_DEVICE_MAX = 1_000;
  private static final int ALL_MAX = 20_000;
  private static final int KEPT_HOURS = 1;
  private static final int TIME_BYTES = 8;

  private final PartitionStore store;
  private final Map<String, Integer> counts = new HashMap<>();
  private int all;
  private long next;

  private WaitingRecords(PartitionStore store) {
    this.store = store;
  }

  static WaitingRecords open(PartitionStore store) throws IOException {
    WaitingRecords waiting = new WaitingRecords(store);
    store.forEach(
        StoreKeys.from(StoreKeys.WAITING),
        StoreKeys.to(StoreKeys.WAITING),
        (key, value) -> {
          waiting.counts.merge(StoreKeys.name(key), 1, Integer::sum);
          waiting.all++;
          long number = ByteBuffer.wrap(key, key.length - Long.BYTES, Long.BYTES).getLong();
          waiting.next = Math.max(waiting.next, number + 1);
        });
    return waiting;
  }

  /** Keeps one; false where there are too many. */
  boolean add(String device, byte[] record, long nowMicros) {
    int of = counts.getOrDefault(device, 0);
    if (all >= ALL_MAX || of >= OF_DEVICE_MAX) {
      return false;
    }
    byte[] value =
        ByteBuffer.allocate(TIME_BYTES + record.length).putLong(nowMicros).put(record).array();
    store.put(StoreKeys.waiting(device, next++), value);
    counts.put(device, of + 1);
    all++;
    return true;
  }

  /** Those of a device, in the order in which they came; they are kept no more. */
  List<byte[]> take(String device) throws IOException {
    Integer count = counts.remove(device);
    if (count == null) {
      return List.of();
    }
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> records = new ArrayList<>();
    store.forEach(
        StoreKeys.waitingFrom(device),
        StoreKeys.waitingTo(device),
        (key, value) -> {
          keys.add(key);
          records.add(Arrays.copyOfRange(value, TIME_BYTES, value.length));
        });
    keys.forEach(store::delete);
    all -= keys.size();
    return records;
  }

  /** Gives up what has waited too long; returns how many. */
  int expire(long nowMicros) throws IOException {
    if (all == 0) {
      return 0;
    }
    long oldest = nowMicros - KEPT_HOURS * Calendar.HOUR_MICROS;
    List<byte[]> old = new ArrayList<>();
    store.forEach(
        StoreKeys.from(StoreKeys.WAITING),
        StoreKeys.to(StoreKeys.WAITING),
        (key, value) -> {
          if (ByteBuffer.wrap(value).getLong() < oldest) {
            old.add(key);
          }
        });
    for (byte[] key : old) {
      store.delete(key);
      counts.computeIfPresent(StoreKeys.name(key), (id, of) -> of == 1 ? null : (Integer) (of - 1));
    }
    all -= old.size();
    return old.size();
  }

  int size() {
    return all;
  }
}
