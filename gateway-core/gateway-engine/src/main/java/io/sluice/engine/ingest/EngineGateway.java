package io.sluice.engine.ingest;

import io.sluice.api.DeviceId;
import io.sluice.api.Following;
import io.sluice.api.HandshakeFault;
import io.sluice.api.Limit;
import io.sluice.api.LiveEvent;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Gateway;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.SharedParts;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditTrail;
import io.sluice.engine.dialect.Topics;
import io.sluice.engine.limits.AddressLimits;
import io.sluice.engine.registry.Consumers;
import io.sluice.engine.registry.Presence;
import io.sluice.engine.registry.Registry;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The gateway as adapters see it: registry, pipeline and commands behind one door. */
public final class EngineGateway implements Gateway {
  private final SharedParts shared;
  private final Topics topics;
  private final ClaimedNames names;
  private final Registry registry;
  private final Presence presence;
  private final IngestPipeline pipeline;
  private final TrafficMeter traffic;
  private final AddressLimits addresses;
  private final AuditTrail audit;
  private final Consumers consumers;
  private final InstantSource clock;

  /**
   * @param topics what topics mean; see {@link #with}
   */
  public EngineGateway(
      Topics topics,
      Registry registry,
      Consumers consumers,
      IngestPipeline pipeline,
      TrafficMeter traffic,
      AddressLimits addresses,
      AuditTrail audit,
      InstantSource clock) {
    this.shared = new SharedParts();
    this.topics = topics;
    this.audit = audit;
    this.clock = clock;
    this.consumers = consumers;
    this.names = new ClaimedNames(name -> registry.find(name) != null || consumers.knows(name));
    this.addresses = addresses;
    this.registry = registry;
    this.presence = registry.presence();
    this.pipeline = pipeline;
    this.traffic = traffic;
  }

  private EngineGateway(Topics topics, EngineGateway all) {
    this.shared = all.shared;
    this.topics = topics;
    this.audit = all.audit;
    this.clock = all.clock;
    this.consumers = all.consumers;
    this.names = all.names;
    this.addresses = all.addresses;
    this.registry = all.registry;
    this.presence = all.presence;
    this.pipeline = all.pipeline;
    this.traffic = all.traffic;
  }

  /** The same gateway for a listener at which topics have this meaning. */
  public EngineGateway with(Topics own) {
    return new EngineGateway(own, this);
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    return judge(peer, credentials)
        .thenApply(admission -> {
          if (admission instanceof Admission.Refused refused) {
            traffic.rejected(peer.protocol(), refused.reason());
            audit.record(refusal(peer, names.of(credentials), refused.detail()));
            if (refused.reason() == RejectReason.QUOTA) {
              traffic.limited(peer.protocol(), Limit.FAILED_LOGINS);
            }
          }
          return admission;
        });
  }

  private CompletionStage<Admission> judge(Peer peer, Credentials credentials) {
    try {
      Admission consumer = consumers.admit(peer, credentials);
      return consumer == null
          ? registry.admit(peer, credentials)
          : CompletableFuture.completedStage(consumer);
    } catch (RuntimeException fault) {
      // a fault of our own is a failed stage, so that every adapter answers it in its one place
      return CompletableFuture.failedStage(fault);
    }
  }

  private static AuditEvent refusal(Peer peer, @Nullable String who, String detail) {
    String from = peer.address().getHostString() + ':' + peer.address().getPort();
    return new AuditEvent(
        "session.refused",
        who == null || who.isEmpty() ? "unknown" : who,
        from,
        peer.protocol(),
        AuditEvent.Result.REFUSED,
        detail);
  }

  @Override
  public void accept(Uplink uplink) {
    pipeline.accept(uplink, topics);
  }

  @Override
  public boolean maps(String topic) {
    return topics.maps(topic);
  }

  @Override
  public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
    return presence.attach(admitted, peer, link);
  }

  @Override
  public boolean isCurrent(Admission.Admitted admitted) {
    return presence.isCurrent(admitted);
  }

  @Override
  public void detach(DeviceId device, DeviceLink link) {
    presence.detach(device, link);
  }

  @Override
  public void seen(DeviceId device, Peer peer) {
    presence.seen(device, peer);
  }

  @Override
  public @Nullable Limit enter(Peer peer) {
    Limit limit = addresses.enter(peer.address());
    if (limit != null) {
      limited(peer, limit);
    }
    return limit;
  }

  @Override
  public void leave(Peer peer) {
    addresses.leave(peer.address());
  }

  @Override
  public void limited(Peer peer, Limit limit) {
    traffic.limited(peer.protocol(), limit);
  }

  @Override
  public byte @Nullable [] pskKey(String identity) {
    return registry.pskKey(identity);
  }

  @Override
  public boolean knowsPublicKey(byte[] subjectPublicKeyInfo) {
    return registry.knowsPublicKey(subjectPublicKeyInfo);
  }

  @Override
  public void onRevoked(Consumer<DeviceId> listener) {
    registry.listen((before, after, credentialsChanged) -> {
      if (before != null && (after == null || after.retired() || credentialsChanged)) {
        listener.accept(before.id());
      }
    });
  }

  @Override
  public void refused(Peer peer, RejectReason reason) {
    traffic.rejected(peer.protocol(), reason);
    if (reason == RejectReason.NOT_AUTHORIZED) {
      audit.record(refusal(peer, null, "asked for what belongs to another"));
    } else if (reason == RejectReason.NOT_AUTHENTICATED) {
      audit.record(refusal(peer, null, "the TLS or DTLS handshake failed"));
    }
  }

  @Override
  public void handshakeFailed(
      Peer peer, HandshakeFault fault, @Nullable String claimed, String detail) {
    traffic.rejected(peer.protocol(), RejectReason.NOT_AUTHENTICATED);
    traffic.handshakeFailed(peer.protocol(), fault);
    audit.record(refusal(peer, claimed, detail));
  }

  @Override
  public Following follow(String consumer, Consumer<LiveEvent> listener) {
    return pipeline.liveFeed().follow(consumer, listener);
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<T> maker) {
    return shared.of(type, maker);
  }

  @Override
  public Commands commands() {
    return registry.commands();
  }
}
