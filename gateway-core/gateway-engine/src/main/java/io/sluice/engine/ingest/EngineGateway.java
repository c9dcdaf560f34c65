package io.sluice.engine.ingest;

import io.sluice.api.Admission;
import io.sluice.api.Commands;
import io.sluice.api.Credentials;
import io.sluice.api.DeviceId;
import io.sluice.api.DeviceLink;
import io.sluice.api.Gateway;
import io.sluice.api.Limit;
import io.sluice.api.Peer;
import io.sluice.api.RejectReason;
import io.sluice.api.Uplink;
import io.sluice.engine.limits.AddressLimits;
import io.sluice.engine.registry.Presence;
import io.sluice.engine.registry.Registry;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The gateway as adapters see it: registry, pipeline and commands behind one door. */
public final class EngineGateway implements Gateway {
  private final Registry registry;
  private final Presence presence;
  private final IngestPipeline pipeline;
  private final TrafficMeter traffic;
  private final AddressLimits addresses;

  public EngineGateway(
      Registry registry, IngestPipeline pipeline, TrafficMeter traffic, AddressLimits addresses) {
    this.addresses = addresses;
    this.registry = registry;
    this.presence = registry.presence();
    this.pipeline = pipeline;
    this.traffic = traffic;
  }

  @Override
  public CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    return registry
        .admit(peer, credentials)
        .thenApply(admission -> {
          if (admission instanceof Admission.Refused refused) {
            traffic.rejected(peer.protocol(), refused.reason());
            if (refused.reason() == RejectReason.QUOTA) {
              traffic.limited(peer.protocol(), Limit.FAILED_LOGINS);
            }
          }
          return admission;
        });
  }

  @Override
  public void accept(Uplink uplink) {
    pipeline.accept(uplink);
  }

  @Override
  public void attach(DeviceId device, Peer peer, DeviceLink link) {
    presence.attach(device, peer, link);
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
  }

  @Override
  public Commands commands() {
    return registry.commands();
  }
}
