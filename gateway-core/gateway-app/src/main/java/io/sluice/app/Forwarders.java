package io.sluice.app;

import io.sluice.api.upstream.Upstream;
import io.sluice.api.upstream.UpstreamFactory;
import io.sluice.engine.config.GatewayConfig.UpstreamConfig;
import io.sluice.engine.config.Types;
import io.sluice.engine.deadletter.RefusedRecords;
import io.sluice.engine.forward.ForwardLimits;
import io.sluice.engine.forward.Forwarder;
import io.sluice.engine.forward.RecordBatch;
import io.sluice.engine.forward.SetAsideRecord;
import io.sluice.spool.Spool;
import java.time.Clock;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The forwarders of a gateway, one for each upstream. Changed by one thread at a time, asked by
 * any.
 */
final class Forwarders implements AutoCloseable {
  private final String gateway;
  private final Spool spool;
  private final Clock clock;
  private final RefusedRecords setAside;
  private final List<Forwarder> running = new CopyOnWriteArrayList<>();

  /**
   * @param gateway its id
   */
  Forwarders(String gateway, Spool spool, Clock clock) {
    this.gateway = gateway;
    this.spool = spool;
    this.clock = clock;
    this.setAside = new RefusedRecords(spool);
  }

  /** All that run; the list follows them. */
  List<Forwarder> all() {
    return Collections.unmodifiableList(running);
  }

  /** Makes an upstream, which does nothing before it is started. */
  Upstream make(UpstreamConfig upstream) {
    UpstreamFactory<?> factory = Types.upstreamFactories().byName().get(upstream.type());
    if (factory == null) {
      throw new IllegalStateException("checked by the configuration: type " + upstream.type());
    }
    return make(factory, upstream);
  }

  private <S extends Record> Upstream make(UpstreamFactory<S> factory, UpstreamConfig upstream) {
    S settings = factory.settings().cast(upstream.settings());
    return factory.create(gateway, upstream.name(), settings);
  }

  /** Has the upstream of that configuration get what it has not had. */
  void start(UpstreamConfig config, Upstream upstream) {
    Forwarder.Target target =
        new Forwarder.Target(
            config.name(),
            config.type(),
            upstream,
            RecordBatch.encoder(spool::epoch, config.forward()));
    Forwarder forwarder =
        new Forwarder(
            target,
            spool.reader(config.name()),
            config.forward(),
            ForwardLimits.DEFAULTS,
            setAside,
            Forwarder.Timing.by(clock));
    forwarder.start();
    running.add(forwarder);
  }

  /** Ends those of these names, all at once; their places are kept. */
  void end(List<String> names) {
    List<Forwarder> ending =
        running.stream().filter(forwarder -> names.contains(forwarder.name())).toList();
    ending.forEach(Forwarder::stop);
    ending.forEach(Forwarder::close);
    running.removeAll(ending);
  }

  /** Shows them in this order. */
  void order(List<String> names) {
    running.sort(Comparator.comparingInt(forwarder -> names.indexOf(forwarder.name())));
  }

  /** Null where no upstream has that name. */
  @Nullable CompletableFuture<Optional<String>> resend(SetAsideRecord record) {
    for (Forwarder forwarder : running) {
      if (forwarder.name().equals(record.upstream())) {
        return forwarder.resend(record);
      }
    }
    return null;
  }

  /** All are asked to stop before any is waited for. */
  @Override
  public void close() {
    running.forEach(Forwarder::stop);
    running.forEach(Forwarder::close);
  }
}
