package io.sluice.adapter.mqtt.session;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Following;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.LiveEvent;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Access;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Commands;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Ingress;
import io.sluice.api.adapter.LiveRecords;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.SharedParts;
import io.sluice.api.adapter.Uplink;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says that it has stored whatever comes, so that the door is all that is measured. */
final class StoringGateway
    implements AdapterContext,
        Ingress,
        Access,
        io.sluice.api.adapter.Sessions,
        Meters,
        LiveRecords {
  private final SharedParts shared = new SharedParts();
  private static final Device DEVICE =
      new Device(
          new DeviceId("meter-0001"),
          "energy-meter",
          "factory",
          "plant-a",
          null,
          null,
          true,
          true,
          false);

  private long sequence;

  @Override
  public Ingress ingress() {
    return this;
  }

  @Override
  public Access access() {
    return this;
  }

  @Override
  public Meters meters() {
    return this;
  }

  @Override
  public LiveRecords records() {
    return this;
  }

  @Override
  public io.sluice.api.adapter.Sessions sessions() {
    return this;
  }

  @Override
  public CompletionStage<Admission> admit(Peer peer, Credentials credentials) {
    return CompletableFuture.completedStage(new Admission.Admitted(DEVICE));
  }

  @Override
  public void accept(Uplink uplink) {
    uplink.sink().receipt(uplink, new Receipt.Stored(Lane.TELEMETRY, sequence++));
    uplink.sink().flush();
  }

  @Override
  public CompletionStage<Void> claim(Admission.Admitted admitted, DeviceLink link) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public boolean claimFree(Admission.Admitted admitted, DeviceLink link) {
    return true;
  }

  @Override
  public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
    return true;
  }

  @Override
  public boolean isCurrent(Admission.Admitted admitted) {
    return true;
  }

  @Override
  public void detach(DeviceId device, DeviceLink link) {}

  @Override
  public void seen(DeviceId device, Peer peer) {}

  @Override
  public @Nullable Limit enter(Peer peer) {
    return null;
  }

  @Override
  public void leave(Peer peer) {}

  @Override
  public void limited(Peer peer, Limit limit) {
    throw new IllegalStateException("ran into " + limit);
  }

  @Override
  public byte @Nullable [] pskKey(String identity) {
    return null;
  }

  @Override
  public boolean knowsPublicKey(byte[] subjectPublicKeyInfo) {
    return false;
  }

  @Override
  public void onRevoked(Consumer<DeviceId> listener) {}

  @Override
  public void refused(Peer peer, RejectReason reason) {
    throw new IllegalStateException("refused: " + reason);
  }

  @Override
  public Following follow(String consumer, Consumer<LiveEvent> listener) {
    throw new UnsupportedOperationException("nobody follows");
  }

  @Override
  public <T> T shared(Class<T> type, Supplier<T> maker) {
    return shared.of(type, maker);
  }

  @Override
  public Commands commands() {
    throw new UnsupportedOperationException("nobody asks for commands");
  }
}
