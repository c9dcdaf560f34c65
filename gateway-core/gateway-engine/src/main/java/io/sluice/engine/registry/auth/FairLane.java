package io.sluice.engine.registry.auth;

import io.sluice.api.AddressKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Work that waits, taken in turn from each address: who offers much waits behind himself. A full
 * lane gives up the latest of the address that has most in it, for one that has less. Guarded by
 * its owner.
 */
final class FairLane {
  /** Something to do. */
  interface Work extends Runnable {
    /** It will not be done: others came before it. Never blocks. */
    void givenUp();
  }

  private final int limit;
  private final SequencedMap<AddressKey, Deque<Work>> turns = new LinkedHashMap<>();
  private int size;

  FairLane(int limit) {
    this.limit = limit;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /**
   * @return what is not to be done for it: null where there was room, the work itself where there
   *     is none for this address
   */
  @Nullable Work offer(AddressKey from, Work work) {
    Work givenUp = size < limit ? null : makeRoom(from);
    if (size >= limit) {
      return work;
    }
    turns.computeIfAbsent(from, any -> new ArrayDeque<>(2)).add(work);
    size++;
    return givenUp;
  }

  private @Nullable Work makeRoom(AddressKey from) {
    Deque<Work> own = turns.get(from);
    int most = own == null ? 1 : own.size() + 1;
    Deque<Work> greediest = null;
    for (Deque<Work> one : turns.values()) {
      if (one.size() > most) {
        most = one.size();
        greediest = one;
      }
    }
    if (greediest == null) {
      return null;
    }
    size--;
    return greediest.removeLast(); // it has others left: at least two were there
  }

  /** The next in turn; null where nothing waits. */
  @Nullable Work take() {
    Map.Entry<AddressKey, Deque<Work>> next = turns.pollFirstEntry();
    if (next == null) {
      return null;
    }
    Work work = next.getValue().remove();
    if (!next.getValue().isEmpty()) {
      turns.put(next.getKey(), next.getValue());
    }
    size--;
    return work;
  }
}
