package io.sluice.app;

import io.sluice.cli.config.GatewayFiles;
import io.sluice.engine.adapters.GatewayIngress;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.dialect.Dialects;
import io.sluice.engine.ingest.IngestPipeline;
import io.sluice.engine.ingest.Vocabulary;
import io.sluice.engine.normalize.profile.Profiles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * By what messages of all adapters are understood: one state at a time, which another takes the
 * place of as a whole. Changed by one thread at a time; what it changes is read by any.
 */
final class Understanding {
  /**
   * A state.
   *
   * @param anywhere where nobody says by which adapter a message came
   * @param byAdapter name of an adapter → what holds there
   * @param dialects those of both
   */
  record State(Vocabulary anywhere, Map<String, Vocabulary> byAdapter, Dialects dialects) {
    static State of(GatewayFiles files) {
      Map<String, Vocabulary> byAdapter = new HashMap<>();
      files
          .config()
          .listeners()
          .keySet()
          .forEach(name -> byAdapter.put(name, at(files, files.config(), name)));
      files
          .config()
          .sources()
          .forEach(each -> byAdapter.put(each.name(), at(files, files.config(), each.name())));
      return new State(
          new Vocabulary(files.topics(), files.profiles()), byAdapter, files.dialects());
    }

    private static Vocabulary at(GatewayFiles files, GatewayConfig config, String adapter) {
      List<String> list = config.dialects().getOrDefault(adapter, List.of());
      Profiles profiles = files.profiles();
      return new Vocabulary(files.dialects().topics(list, profiles.dialects()), profiles);
    }

    Profiles profiles() {
      return anywhere.profiles();
    }
  }

  private final IngestPipeline pipeline;
  private final Function<String, @Nullable String> topics;
  private final Map<String, GatewayIngress> ways = new HashMap<>();
  private final List<Consumer<Profiles>> readers = new CopyOnWriteArrayList<>();
  private volatile State state;

  /**
   * @param topics id of a child → topic by which it was last heard through its concentrator, or
   *     null
   */
  Understanding(IngestPipeline pipeline, Function<String, @Nullable String> topics, State state) {
    this.pipeline = pipeline;
    this.topics = topics;
    this.state = state;
  }

  State state() {
    return state;
  }

  /** Has this told of other profiles, beside the ways in. */
  void onProfiles(Consumer<Profiles> reader) {
    readers.add(reader);
  }

  /** A new way in for an adapter. */
  GatewayIngress way(String adapter) {
    GatewayIngress way = new GatewayIngress(pipeline, topics);
    way.understand(at(state, adapter));
    ways.put(adapter, way);
    return way;
  }

  /** A new way in for an adapter, shut until {@link #openAll}. */
  GatewayIngress shutWay(String adapter) {
    GatewayIngress way = new GatewayIngress(pipeline, topics);
    ways.put(adapter, way);
    return way;
  }

  /** The way in of an adapter that is gone. */
  void forget(String adapter) {
    ways.remove(adapter);
  }

  /** Opens the ways in that are still shut. */
  void openAll() {
    State now = state;
    ways.forEach((adapter, way) -> way.understand(at(now, adapter)));
  }

  /** Has another state hold, for adapters that are open too. */
  void replace(State other) {
    other.dialects().continueFrom(state.dialects());
    state = other;
    pipeline.understand(other.anywhere());
    ways.forEach((adapter, way) -> {
      if (way.isOpen()) {
        way.understand(at(other, adapter));
      }
    });
    readers.forEach(reader -> reader.accept(other.profiles()));
  }

  private static Vocabulary at(State state, String adapter) {
    return state.byAdapter().getOrDefault(adapter, state.anywhere());
  }
}
