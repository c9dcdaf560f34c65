package io.sluice.app;

import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterFactory;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.adapter.Ingress;
import io.sluice.api.operator.Operations.EndpointView;
import io.sluice.api.operator.Operations.ListenerView;
import io.sluice.engine.adapters.EngineContext;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import io.sluice.engine.config.Types;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The adapters of a gateway: its listeners, then its sources. Started and closed by one thread;
 * what it tells may be asked for by any thread once all are started.
 */
final class Adapters implements AutoCloseable {
  private record Running(AdapterConfig config, String protocol, Adapter adapter) {
    ListenerView listener() {
      Endpoint first = adapter.endpoints().getFirst();
      int links = adapter.endpoints().stream().mapToInt(Endpoint::links).sum();
      return new ListenerView(config.name(), protocol, first.address(), links, config.type());
    }
  }

  /** Beyond the 2 s that each may take for what is in hand, and the end of its threads. */
  private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(8);

  private final List<AutoCloseable> started = new ArrayList<>();
  private final List<Running> listeners = new ArrayList<>();
  private final List<Running> sources = new ArrayList<>();

  /**
   * Starts all that the configuration names.
   *
   * @param ways name of an adapter → its way in
   * @throws IOException where one cannot start; the message names it and the remedy
   */
  void start(GatewayConfig config, EngineContext context, Function<String, Ingress> ways)
      throws IOException {
    for (AdapterFactory<?> factory : Types.adapters().byName().values()) {
      start(factory, List.copyOf(config.listeners().values()), context, ways, listeners);
    }
    for (AdapterFactory<?> factory : Types.adapters().byName().values()) {
      start(factory, config.sources(), context, ways, sources);
    }
  }

  private <S extends Record> void start(
      AdapterFactory<S> factory,
      List<AdapterConfig> configs,
      EngineContext context,
      Function<String, Ingress> ways,
      List<Running> running)
      throws IOException {
    for (AdapterConfig config : configs) {
      if (config.type().equals(factory.type())) {
        S settings = factory.settings().cast(config.settings());
        Adapter adapter = factory.create(config.name(), settings);
        started.add(adapter);
        adapter.start(context.with(ways.apply(config.name())));
        running.add(new Running(config, factory.protocol(), adapter));
      }
    }
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
    return views;
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
