package io.sluice.adapter.http.request;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Commands;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of commands, for vendors whose devices answer to a number: a request that answers knows
 * nothing of the one that gave the command. A number follows from the command's id, so that the
 * oldest command that was sent is known by it also after a restart. Keeps the last {@value
 * #MAX_KEPT}. Thread-safe.
 */
final class CommandNumbers {
  private static final int MAX_KEPT = 10_000;

  private record Key(DeviceId device, int number) {}

  private final Map<Key, String> ids = new Eldest();

  private static final class Eldest extends LinkedHashMap<Key, String> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, String> eldest) {
      return size() > MAX_KEPT;
    }
  }

  /** The number of a command, from 1 on, under which its device may answer from now on. */
  synchronized int of(DeviceId device, String id) {
    int number = number(id);
    ids.put(new Key(device, number), id);
    return number;
  }

  /**
   * The id of the command that a device has answered, or null.
   *
   * @param named number or id; empty: the oldest that was sent
   */
  @Nullable String answered(DeviceId device, String named, Commands commands) {
    boolean isNumber =
        !named.isEmpty() && named.length() <= 10 && named.chars().allMatch(Character::isDigit);
    if (!isNumber && !named.isEmpty()) {
      return named;
    }
    String oldest = commands.oldestSent(device, device.value());
    if (named.isEmpty()) {
      return oldest;
    }
    long number = Long.parseLong(named);
    String known = number > Integer.MAX_VALUE ? null : take(new Key(device, (int) number));
    return known == null && oldest != null && number(oldest) == number ? oldest : known;
  }

  private synchronized @Nullable String take(Key key) {
    return ids.remove(key);
  }

  private static int number(String id) {
    int hash = id.hashCode() * 0x9E3779B1;
    return Math.max(1, (hash ^ hash >>> 15) & Integer.MAX_VALUE);
  }
}
