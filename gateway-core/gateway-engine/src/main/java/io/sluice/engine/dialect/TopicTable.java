package io.sluice.engine.dialect;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.dialect.Dialect;
import io.sluice.api.dialect.Route;
import io.sluice.api.dialect.SessionUnpacker;
import io.sluice.api.health.Guarded;
import io.sluice.engine.dialect.signin.CodedSignIn;
import io.sluice.engine.dialect.signin.Way;
import io.sluice.engine.dialect.talk.CodedFollowing;
import io.sluice.engine.dialect.talk.CodedTalk;
import io.sluice.engine.dialect.talk.Following;
import io.sluice.engine.dialect.talk.Talk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A list of dialects, compiled. Immutable, thread-safe. Where it is a part of a list whose others
 * are asleep, these are read when somebody asks for what they could say: once in the life of the
 * gateway, a tenth of a second or more. Event loops ask by what is called {@code now}: it is read
 * by a thread of its own then.
 */
public final class TopicTable {
  private final List<String> names = new ArrayList<>();
  private final List<String> hints = new ArrayList<>();
  private final TopicTrie trie = new TopicTrie();
  private final List<Dialect> coded = new ArrayList<>();
  private final List<Way> signIns = new ArrayList<>();
  private final List<Talk> talks = new ArrayList<>();

  /** The first of its rules' unpackers that keeps a session, or null. */
  private @Nullable SessionUnpacker stateful;

  /** The table of the whole list, null where this is it. */
  private @Nullable Whole whole;

  TopicTable() {}

  /** A table that is made when it is asked for. Thread-safe. */
  private static final class Whole {
    private final Supplier<TopicTable> maker;
    private final AtomicReference<@Nullable CompletableFuture<TopicTable>> making =
        new AtomicReference<>();
    private volatile @Nullable TopicTable made;

    private Whole(Supplier<TopicTable> maker) {
      this.maker = maker;
    }

    private TopicTable get() {
      TopicTable table = made;
      return table == null ? make() : table;
    }

    /** Never blocks. Whoever is the first to ask is told to ask again, however soon it is made. */
    private TopicTable now() {
      TopicTable table = made;
      if (table != null) {
        return table;
      }
      CompletableFuture<TopicTable> begun = making.get();
      if (begun == null) {
        CompletableFuture<TopicTable> mine = new CompletableFuture<>();
        begun = making.compareAndExchange(null, mine);
        if (begun == null) {
          Thread.ofPlatform()
              .daemon()
              .name("dialects")
              .start(Guarded.task("dialects", () -> fill(mine)));
          throw new Awaited(mine);
        }
      }
      if (begun.isDone()) {
        return begun.join(); // of which it failed, or it was made just now
      }
      throw new Awaited(begun);
    }

    // Whatever fails: who waits for it is told.
    @SuppressWarnings("CatchingUnchecked")
    private void fill(CompletableFuture<TopicTable> into) {
      try {
        into.complete(get());
      } catch (RuntimeException | Error fault) {
        into.completeExceptionally(fault);
      }
    }

    private synchronized TopicTable make() {
      TopicTable table = made;
      if (table == null) {
        table = maker.get();
        made = table;
      }
      return table;
    }
  }

  /**
   * Makes this the part that is awake of a longer list.
   *
   * @param list names of the whole list
   * @param maker of the whole table; called by any thread
   */
  TopicTable asPartOf(List<String> list, Supplier<TopicTable> maker) {
    names.clear();
    names.addAll(list);
    whole = new Whole(maker);
    return this;
  }

  /** Whether all of its dialects are read. */
  boolean isAwake() {
    Whole longer = whole;
    return longer == null || longer.made != null;
  }

  private TopicTable whole() {
    Whole longer = whole;
    return longer == null ? this : longer.get();
  }

  void addHint(String name, String hint) {
    names.add(name);
    if (!hint.isEmpty()) {
      hints.add(hint);
    }
  }

  void add(List<? extends Way> ways, Talk talk) {
    signIns.addAll(ways);
    if (!talk.isSilent()) {
      talks.add(talk);
    }
  }

  /** By whose rules messages of a session hang together; null where none do. */
  public @Nullable SessionUnpacker stateful() {
    return stateful;
  }

  private TopicTable wholeNow() {
    Whole longer = whole;
    return longer == null ? this : longer.now();
  }

  /**
   * Its dialects' ways to sign in, in order.
   *
   * @throws Awaited while they are read
   */
  List<Way> signInsNow() {
    return wholeNow().signIns;
  }

  /** What its dialects send. */
  List<Talk> talks() {
    return whole().talks;
  }

  /**
   * The same.
   *
   * @throws Awaited while they are read
   */
  List<Talk> talksNow() {
    return wholeNow().talks;
  }

  @Nullable Rule add(Rule rule) {
    if (stateful == null && rule.unpacker() instanceof SessionUnpacker own) {
      stateful = own;
    }
    return trie.add(rule);
  }

  void add(Dialect dialect) {
    coded.add(dialect);
    add(List.of(new CodedSignIn(dialect)), new CodedTalk(dialect));
    addHint(dialect.name(), dialect.hint());
  }

  /** Names of its dialects, in their order. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /** What a topic or path means; null where none of the dialects maps it. */
  public @Nullable RoutedTopic route(String topic) {
    return route(topic, Whole::get);
  }

  /**
   * The same.
   *
   * @throws Awaited while those are read that could map it
   */
  public @Nullable RoutedTopic routeNow(String topic) {
    return route(topic, Whole::now);
  }

  private @Nullable RoutedTopic route(String topic, Function<Whole, TopicTable> how) {
    Whole longer = whole;
    TopicTable made = longer == null ? null : longer.made;
    if (made != null) {
      return made.route(topic);
    }
    RoutedTopic routed = trie.find(topic);
    if (routed == null && longer != null) {
      return how.apply(longer).route(topic);
    }
    return routed != null || coded.isEmpty() ? routed : byCode(topic);
  }

  private @Nullable RoutedTopic byCode(String topic) {
    for (Dialect dialect : coded) {
      Route route = dialect.route(topic);
      if (route != null) {
        String device = route.device();
        return device != null && !DeviceId.isValid(device)
            ? null
            : new RoutedTopic(
                route.messageClass(),
                device,
                route.payload(),
                dialect.name(),
                dialect.getClass().getName(),
                route.unpacker(),
                route.isKept(),
                follow(dialect, route));
      }
    }
    return null;
  }

  private static @Nullable Following follow(Dialect dialect, Route route) {
    Exchange exchange = route.exchange();
    return exchange == null ? null : new CodedFollowing(dialect.name(), exchange);
  }

  /** The topics that a sender may use whose topic is not mapped. */
  public String hint() {
    return whole != null
        ? whole().hint()
        : hints.isEmpty()
            ? names.stream().collect(Collectors.joining(", ", "a topic of ", ""))
            : String.join(", ", hints);
  }
}
