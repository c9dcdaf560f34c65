package io.sluice.app;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;
import io.sluice.api.adapter.AdapterFactory.Direction;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.operator.Operations.EndpointView;
import io.sluice.api.operator.Operations.ListenerView;
import io.sluice.cli.Closing;
import io.sluice.engine.adapters.EngineContext;
import io.sluice.engine.adapters.GatewayIngress;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import io.sluice.engine.config.Types;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapters of a gateway: its listeners, then its sources. Started and closed by one thread;
 * what it tells may be asked for by any thread once all are started.
 */
final class Adapters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Adapters.class);

  private record Running(AdapterConfig config, String protocol, Adapter adapter) {
    ListenerView listener() {
      Endpoint first = adapter.endpoints().getFirst();
      int links = adapter.endpoints().stream().mapToInt(Endpoint::links).sum();
      return new ListenerView(config.name(), protocol, first.address(), links, config.type());
    }
  }

  /** One that does nothing yet. */
  record Made(AdapterConfig config, String protocol, Adapter adapter) {}

  /** Beyond the 2 s that each may take for what is in hand, and the end of its threads. */
  private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(8);

  private final List<AutoCloseable> started = new CopyOnWriteArrayList<>();
  private final List<Running> listeners = new CopyOnWriteArrayList<>();
  private final List<Running> sources = new CopyOnWriteArrayList<>();

  /** Sources that rest while the gateway is drained; each has taken its leave of its far end. */
  private final List<AdapterConfig> resting = new CopyOnWriteArrayList<>();

  private boolean isDrained;

  /** Begins the sources again after a drain; what {@link #start} was given is in it. */
  private Consumer<AdapterConfig> again = _ -> {};

  /**
   * Starts all that the configuration names.
   *
   * @param ways name of an adapter → its way in
   * @throws IOException where one cannot start; the message names it and the remedy
   */
  synchronized void start(
      GatewayConfig config, EngineContext context, Function<String, GatewayIngress> ways)
      throws IOException {
    again = source -> startAgain(source, context, ways);
    for (AdapterFactory<?> factory : Types.adapters(Direction.LISTENER).byName().values()) {
      start(factory, List.copyOf(config.listeners().values()), context, ways, listeners);
    }
    for (AdapterFactory<?> factory : Types.adapters(Direction.SOURCE).byName().values()) {
      start(factory, config.sources(), context, ways, sources);
    }
  }

  private void start(
      AdapterFactory<?> factory,
      List<AdapterConfig> configs,
      EngineContext context,
      Function<String, GatewayIngress> ways,
      List<Running> running)
      throws IOException {
    for (AdapterConfig config : configs) {
      if (config.type().equals(factory.type())) {
        start(make(factory, config), context, ways, running);
      }
    }
  }

  /** Makes a source, which does nothing before it is started. */
  static Made make(AdapterConfig config) {
    return make(Direction.SOURCE, config);
  }

  /** Makes a listener, which does nothing before it is started. */
  static Made makeListener(AdapterConfig config) {
    return make(Direction.LISTENER, config);
  }

  private static Made make(Direction direction, AdapterConfig config) {
    AdapterFactory<?> factory = Types.adapters(direction).byName().get(config.type());
    if (factory == null) {
      throw new IllegalStateException("checked by the configuration: type " + config.type());
    }
    return make(factory, config);
  }

  private static <S extends Record> Made make(AdapterFactory<S> factory, AdapterConfig config) {
    S settings = factory.settings().cast(config.settings());
    return new Made(config, factory.protocol(), factory.create(config.name(), settings));
  }

  private void start(
      Made made,
      EngineContext context,
      Function<String, GatewayIngress> ways,
      List<Running> running)
      throws IOException {
    started.add(made.adapter());
    made.adapter().start(context.with(ways.apply(made.config().name())));
    running.add(new Running(made.config(), made.protocol(), made.adapter()));
  }

  /**
   * Starts a source beside those that run. Where it fails it is closed.
   *
   * @throws IOException where it cannot start; the message names what and the remedy
   */
  synchronized void startSource(
      Made made, EngineContext context, Function<String, GatewayIngress> ways) throws IOException {
    if (isDrained) {
      resting.add(made.config());
      return;
    }
    startBeside(made, context, ways, sources);
  }

  /**
   * Opens a listener beside those that run. Where it fails it is closed.
   *
   * @throws IOException where its address cannot be had; the message names it and the remedy
   */
  synchronized void startListener(
      Made made, EngineContext context, Function<String, GatewayIngress> ways) throws IOException {
    startBeside(made, context, ways, listeners);
  }

  private void startBeside(
      Made made,
      EngineContext context,
      Function<String, GatewayIngress> ways,
      List<Running> running)
      throws IOException {
    boolean isStarted = false;
    try {
      start(made, context, ways, running);
      isStarted = true;
    } finally {
      if (!isStarted) {
        started.remove(made.adapter());
        Closing.sideBySide(List.of(made.adapter()), CLOSE_AT_MOST);
      }
    }
  }

  /** Ends the sources of these names, all at once. */
  synchronized void endSources(List<String> names) {
    resting.removeIf(each -> names.contains(each.name()));
    end(names, sources);
  }

  /** Closes the listeners of these names with their sessions, all at once. */
  synchronized void endListeners(List<String> names) {
    end(names, listeners);
  }

  private void end(List<String> names, List<Running> running) {
    List<Running> ending =
        running.stream().filter(each -> names.contains(each.config().name())).toList();
    List<Adapter> closing = ending.stream().map(Running::adapter).toList();
    running.removeAll(ending); // endpoints are asked for between start and close alone
    started.removeAll(closing);
    Closing.sideBySide(closing, CLOSE_AT_MOST);
  }

  /**
   * Has the listeners end their sessions, and the sources take their leave. Blocks for seconds
   * where sources have something in hand.
   */
  synchronized void drain(Drain drain) {
    isDrained = true;
    listeners.forEach(each -> each.adapter().drain(drain));
    List<AdapterConfig> ending = sources.stream().map(Running::config).toList();
    endSources(ending.stream().map(AdapterConfig::name).toList());
    resting.addAll(ending);
  }

  /** The drain is called off: the sources begin anew. */
  synchronized void resume() {
    isDrained = false;
    listeners.forEach(each -> each.adapter().resume());
    List<AdapterConfig> beginning = List.copyOf(resting);
    resting.clear();
    beginning.forEach(again);
  }

  private void startAgain(
      AdapterConfig source, EngineContext context, Function<String, GatewayIngress> ways) {
    try {
      startSource(make(source), context, ways);
    } catch (IOException e) {
      LOG.error(
          "source {} does not start again after the drain: {}", source.name(), e.getMessage());
    }
  }

  /** Sessions of the listeners. */
  int sessions() {
    return listeners.stream().mapToInt(each -> each.adapter().sessions()).sum();
  }

  /** The listeners alone. */
  List<ListenerView> listeners() {
    return listeners.stream().map(Running::listener).toList();
  }

  /** All sockets and far ends. */
  List<EndpointView> endpoints() {
    List<EndpointView> views = new ArrayList<>();
    listeners.forEach(each -> addEndpoints(each, views));
    sources.forEach(each -> addEndpoints(each, views));
    resting.forEach(each -> views.add(resting(each)));
    return views;
  }

  private static EndpointView resting(AdapterConfig config) {
    return new EndpointView(
        config.name(), config.type(), "-", "waiting", false, 0, "draining", null, null);
  }

  private static void addEndpoints(Running running, List<EndpointView> views) {
    for (Endpoint endpoint : running.adapter().endpoints()) {
      Instant next = endpoint.nextAttempt();
      views.add(
          new EndpointView(
              running.config().name(),
              running.config().type(),
              endpoint.address(),
              endpoint.state().label(),
              endpoint.isUp(),
              endpoint.links(),
              endpoint.reason(),
              next == null ? null : next.toEpochMilli() * 1_000,
              endpoint.lastError()));
    }
  }

  /** The address of a listener, {@code host:port}; null where there is none of that name. */
  @Nullable String address(String name) {
    return listeners().stream()
        .filter(listener -> listener.kind().equals(name))
        .map(ListenerView::address)
        .findFirst()
        .orElse(null);
  }

  @Override
  public void close() {
    Closing.sideBySide(started, CLOSE_AT_MOST);
  }
}
