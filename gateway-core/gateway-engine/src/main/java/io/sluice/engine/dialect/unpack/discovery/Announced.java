package io.sluice.engine.dialect.unpack.discovery;

import io.sluice.api.codec.PayloadException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What devices said of their topics, apart by session: no device has a say in how another's are
 * read. Keeps {@value #MAX_OF_SESSION} entities of a session and {@value #MAX} of all; what is told
 * beyond is left out. Thread-safe.
 */
public final class Announced {
  static final int MAX = 50_000;
  static final int MAX_OF_SESSION = 5_000;

  /** What one session said. Guarded by itself. */
  private static final class Own {
    /** Topic of discovery → topics that its message named. */
    private final Map<String, Set<String>> topics = new HashMap<>();

    /** Topic → topic of discovery → what that said of it. */
    private final Map<String, Map<String, List<Entity>>> entities = new HashMap<>();

    private int count;
  }

  private final ConcurrentMap<String, Own> sessions = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  /**
   * Takes a message of discovery; it takes the place of what its topic said before.
   *
   * @param session the device whose session it came by
   */
  void tell(String session, String topic, byte[] payload) throws PayloadException {
    Map<String, List<Entity>> told = Discovery.read(topic, payload);
    Own own =
        told.isEmpty() ? sessions.get(session) : sessions.computeIfAbsent(session, _ -> new Own());
    if (own == null) {
      return;
    }
    synchronized (own) {
      forget(own, topic);
      told.forEach((named, entities) -> add(own, topic, named, entities));
    }
  }

  private void forget(Own own, String topic) {
    Set<String> before = own.topics.remove(topic);
    if (before == null) {
      return;
    }
    for (String named : before) {
      Map<String, List<Entity>> of = own.entities.getOrDefault(named, Map.of());
      List<Entity> gone = of.remove(topic);
      int gones = gone == null ? 0 : gone.size();
      own.count -= gones;
      count.addAndGet(-gones);
      if (of.isEmpty()) {
        own.entities.remove(named);
      }
    }
  }

  private void add(Own own, String topic, String named, List<Entity> entities) {
    int more = entities.size();
    if (own.count + more > MAX_OF_SESSION || count.get() + more > MAX) {
      return;
    }
    own.count += more;
    count.addAndGet(more);
    own.topics.computeIfAbsent(topic, _ -> new LinkedHashSet<>()).add(named);
    own.entities
        .computeIfAbsent(named, _ -> new LinkedHashMap<>())
        .put(topic, List.copyOf(entities));
  }

  /** What the session said of a topic; empty where it said nothing. */
  List<Entity> at(String session, String topic) {
    Own own = sessions.get(session);
    if (own == null) {
      return List.of();
    }
    synchronized (own) {
      Map<String, List<Entity>> of = own.entities.get(topic);
      if (of == null) {
        return List.of();
      }
      Set<Entity> all = new LinkedHashSet<>();
      of.values().forEach(all::addAll);
      return new ArrayList<>(all);
    }
  }

  /** The unit of a topic's bare value, as the session said it; null where it said none. */
  @Nullable String unitOf(String session, String topic) {
    for (Entity each : at(session, topic)) {
      if (each.kind() == Entity.Kind.VALUE && each.field() != null && each.field().isEmpty()) {
        return each.unit();
      }
    }
    return null;
  }
}
