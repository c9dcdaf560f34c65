package io.sluice.api.adapter;

import io.sluice.api.DeviceId;
import io.sluice.api.Following;
import io.sluice.api.HandshakeFault;
import io.sluice.api.Limit;
import io.sluice.api.LiveEvent;
import io.sluice.api.RejectReason;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an adapter sees of the gateway. All methods are thread-safe and none blocks. */
public interface Gateway {
  /**
   * Checks credentials. Never throws. The stage completes on any thread, normally with one of the
   * three verdicts; a failed stage means a fault of the gateway's own.
   */
  CompletionStage<Admission> admit(Peer peer, Credentials credentials);

  /**
   * Takes an uplink in: resolves, normalizes, appends. Never throws. The verdict goes to {@link
   * Uplink#sink}, exactly once, possibly before this method returns (Busy and most refusals),
   * otherwise after the disk has it. An uplink that got {@link Receipt.Busy} may be offered again.
   */
  void accept(Uplink uplink);

  /**
   * Whether something maps the topic or path, without leading slash, of whichever device it comes:
   * where nothing does, a peer without credentials is told that and not to show some.
   */
  default boolean maps(String topic) {
    return true;
  }

  /**
   * A device has a session from now on. A link that the same device had before is closed with
   * {@link DeviceLink#close}, unless the device is allowed several (it is not).
   *
   * @param admitted as {@link #admit} answered; the registry may have changed since
   * @return false where it does not hold any more ({@link #isCurrent}): then there is no session,
   *     and the adapter has to refuse the peer
   */
  boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link);

  /**
   * Whether what a device was admitted by still holds: it is registered, not retired, and its
   * credentials are those of then or overlap with them. For what is done in a device's name after
   * its session.
   */
  boolean isCurrent(Admission.Admitted admitted);

  /** The session behind this link has ended. Does nothing where another link took its place. */
  void detach(DeviceId device, DeviceLink link);

  /** A device without a session (CoAP) gave a sign of life. */
  void seen(DeviceId device, Peer peer);

  /**
   * A peer opens a connection: counts it against the limits.
   *
   * @return null where it may stay, until {@link #leave}; else what it ran into, counted already
   */
  @Nullable Limit enter(Peer peer);

  /** A connection that was let in has ended. */
  void leave(Peer peer);

  /** A peer ran into a limit that the adapter itself keeps: for the metrics. */
  void limited(Peer peer, Limit limit);

  /** The key of a pre-shared key identity; null where it is unknown or retired. Never changed. */
  byte @Nullable [] pskKey(String identity);

  /** Whether some device may sign in by this raw public key (SubjectPublicKeyInfo in DER). */
  boolean knowsPublicKey(byte[] subjectPublicKeyInfo);

  /**
   * Has the listener told of each device whose sessions must end at once: revoked, retired or
   * removed. It is called on any thread and must not block. For adapters that keep sessions which
   * they do not {@link #attach}; never unregistered, an adapter lives as long as the gateway.
   */
  void onRevoked(Consumer<DeviceId> listener);

  /** A peer was refused by the adapter itself (broken protocol, too large): for the metrics. */
  void refused(Peer peer, RejectReason reason);

  /**
   * A TLS or DTLS handshake failed: for the metrics and the audit log. Counts as a refusal too.
   *
   * @param claimed the identity or subject that the peer showed, proven or not; null where none
   * @param detail a sentence for the operator, without secrets
   */
  default void handshakeFailed(
      Peer peer, HandshakeFault fault, @Nullable String claimed, String detail) {
    refused(peer, RejectReason.NOT_AUTHENTICATED);
  }

  /**
   * Follows accepted records, for local consumers. The listener runs on a thread of its own; while
   * it is slower than the stream, records are left out and counted in the next event. Closing the
   * handle ends it.
   *
   * @param consumer who follows: each has a few places of its own
   * @throws IllegalStateException where too many follow already
   */
  Following follow(String consumer, Consumer<LiveEvent> listener);

  /**
   * What the adapters of this gateway share: the one object of a class of theirs, made by the first
   * that asks. It lives as long as the gateway.
   */
  <T> T shared(Class<T> type, Supplier<T> maker);

  /** Commands for devices. */
  Commands commands();

  /** The clock that times of arrival are taken from. */
  default InstantSource clock() {
    return InstantSource.system();
  }
}
