package io.sluice.api.adapter;

import io.sluice.api.DeviceId;
import io.sluice.api.Limit;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Decides who may come in. Thread-safe, never blocks. */
public interface Access {
  /**
   * A peer opens a connection: counts it against the limits.
   *
   * @return null where it may stay, until {@link #leave}; else what it ran into, counted already
   */
  @Nullable Limit enter(Peer peer);

  /** A connection that was let in has ended. */
  void leave(Peer peer);

  /**
   * Checks credentials. Never throws. The stage completes on any thread, normally with one of the
   * four verdicts of {@link Admission}. A failed stage means a fault of the gateway's own.
   */
  CompletionStage<Admission> admit(Peer peer, Credentials credentials);

  /**
   * Whether what a device was admitted by still holds: it is registered, not retired, and its
   * credentials are those of then or overlap with them. For what is done in a device's name after
   * its session.
   */
  boolean isCurrent(Admission.Admitted admitted);

  /** The key of a pre-shared key identity; null where it is unknown or retired. Never changed. */
  byte @Nullable [] pskKey(String identity);

  /** Whether some device may sign in by this raw public key (SubjectPublicKeyInfo in DER). */
  boolean knowsPublicKey(byte[] subjectPublicKeyInfo);

  /**
   * Has the listener told of each device whose sessions must end at once: revoked, retired or
   * removed. It is called on any thread and must not block. For adapters that keep sessions which
   * they do not {@link Sessions#attach}; never unregistered, an adapter lives as long as the
   * gateway.
   */
  void onRevoked(Consumer<DeviceId> listener);
}
