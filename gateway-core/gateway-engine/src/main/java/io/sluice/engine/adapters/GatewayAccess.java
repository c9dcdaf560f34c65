package io.sluice.engine.adapters;

import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Access;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Peer;
import io.sluice.engine.dialect.signin.SignIns;
import io.sluice.engine.limits.AddressLimits;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.auth.Consumers;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Admits consumers and devices, within the limits of their addresses. Thread-safe. */
public final class GatewayAccess implements Access {
  private final ClaimedNames names;
  private final Registry registry;
  private final Consumers consumers;
  private final AddressLimits addresses;
  private final GatewayMeters meters;
  private final VendorAccess vendors;

  /** With the gateway's own sign-in alone. */
  public GatewayAccess(
      Registry registry, Consumers consumers, AddressLimits addresses, GatewayMeters meters) {
    this(
        registry,
        consumers,
        addresses,
        meters,
        new VendorAccess(registry, () -> SignIns.NONE, InstantSource.system()));
  }

  private GatewayAccess(
      Registry registry,
      Consumers consumers,
      AddressLimits addresses,
      GatewayMeters meters,
      VendorAccess vendors) {
    this.vendors = vendors;
    this.names = new ClaimedNames(name -> registry.find(name) != null || consumers.knows(name));
    this.registry = registry;
    this.consumers = consumers;
    this.addresses = addresses;
    this.meters = meters;
  }

  /**
   * The same for a listener whose dialects have sign-ins.
   *
   * @param signIns asked for each sign-in
   * @param clock by which what a device has signed holds
   */
  public GatewayAccess with(Supplier<SignIns> signIns, InstantSource clock) {
    return new GatewayAccess(
        registry, consumers, addresses, meters, new VendorAccess(registry, signIns, clock));
  }

  @Override
  public CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    return judge(peer, credentials)
        .thenApply(admission -> {
          if (admission instanceof Admission.Refused refused) {
            meters.notAdmitted(
                peer, refused.reason(), names.of(credentials), refused.forOperator());
            if (refused.reason() == RejectReason.QUOTA) {
              meters.limited(peer, Limit.FAILED_LOGINS);
            }
          }
          return admission;
        });
  }

  private CompletionStage<Admission> judge(Peer peer, Credentials credentials) {
    try {
      Admission consumer = consumers.admit(peer, credentials);
      if (consumer != null) {
        return CompletableFuture.completedStage(consumer);
      }
      if (credentials instanceof Credentials.Signed signed) {
        return vendors.admit(peer, signed);
      }
      CompletionStage<Admission> byVendor =
          credentials instanceof Credentials.Password shown ? vendors.admit(peer, shown) : null;
      return byVendor == null ? registry.admit(peer, credentials) : byVendor;
    } catch (Awaited dialects) {
      return dialects.ready().thenCompose(_ -> judge(peer, credentials));
    } catch (RuntimeException fault) {
      // a fault of our own is a failed stage, so that every adapter answers it in its one place
      return CompletableFuture.failedStage(fault);
    }
  }

  @Override
  public boolean isCurrent(Admission.Admitted admitted) {
    return registry.presence().isCurrent(admitted);
  }

  @Override
  public @Nullable Limit enter(Peer peer) {
    Limit limit = addresses.enter(peer.address());
    if (limit != null) {
      meters.limited(peer, limit);
    }
    return limit;
  }

  @Override
  public void leave(Peer peer) {
    addresses.leave(peer.address());
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
}
