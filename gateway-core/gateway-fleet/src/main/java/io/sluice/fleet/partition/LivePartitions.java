package io.sluice.fleet.partition;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The partitions whose tasks run in this process, and what they counted. Thread-safe. */
public final class LivePartitions {
  private final Map<Integer, PartitionBook> books = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();

  void add(PartitionBook book) {
    books.put(book.partition, book);
  }

  void remove(PartitionBook book) {
    books.remove(book.partition, book);
  }

  /** By their numbers. */
  public List<PartitionBook> all() {
    return List.copyOf(books.values());
  }

  /** The book of that partition, or null where its task does not run here. */
  public @Nullable PartitionBook find(int partition) {
    return books.get(partition);
  }

  /** Counts that so many more came. */
  public void count(String what, long more) {
    counters.computeIfAbsent(what, key -> new LongAdder()).add(more);
  }

  /** Since the process began: {@code records}, {@code duplicates} and so on. */
  public long counted(String what) {
    LongAdder counter = counters.get(what);
    return counter == null ? 0 : counter.sum();
  }
}
