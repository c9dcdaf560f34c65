package io.sluice.api.dialect;

import io.sluice.api.Downlink;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one vendor's devices say and hear, as code: topics, sign-in, replies and commands. It is
 * found by {@link java.util.ServiceLoader} and is used where a listener's {@code dialects} or a
 * device's profile names it. Most vendors need none: ten lines of YAML say the same, and the
 * gateway checks those for collisions.
 *
 * <p>Only {@link #name} and {@link #route} have to be there. What a vendor's cloud answers to a
 * message is a part of its {@link Route}.
 *
 * <p>Thread-safe: every thread of every adapter asks the one object. Nothing here may block.
 */
public interface Dialect {
  /** The name in {@code dialects}: 1 to 64 of a-z, 0-9 and {@code . _ -}; unique. */
  String name();

  /**
   * What a topic or path means. It is asked for each message whose topic no YAML dialect of the
   * listener maps. Must not block. What it throws is a fault of the gateway's own: the message is
   * kept as a dead letter.
   *
   * @param topic as the device wrote it, of any length; a CoAP path without its leading slash
   * @return null where this dialect does not know the topic
   */
  @Nullable Route route(String topic);

  /**
   * What a peer claims to be that shows a user name and a password. It is asked after the sign-ins
   * of the listener's files, before anything is known of the peer: what it does must be bounded.
   * What it throws refuses the peer, as a fault of the gateway's own.
   *
   * @return null where the peer does not sign in as this vendor's devices do
   */
  default @Nullable SignIn signIn(SignIn.Shown shown) {
    return null;
  }

  /** Whether the vendor's cloud sends without a subscription, to devices that signed in by it. */
  default boolean isImplicit() {
    return false;
  }

  /**
   * Whether a device may subscribe to a filter, beside {@code command/#}: one by which only what is
   * meant for it, or for a child of it, can come.
   *
   * @param isOwn whether a name is that of the device or of a child of it
   */
  default boolean maySubscribe(String filter, Predicate<String> isOwn) {
    return false;
  }

  /**
   * A command in the vendor's form. What it throws leaves the command where it waits.
   *
   * @param isHeard whether the session has a subscription that matches a topic, or needs none
   * @return null where no form of the vendor's reaches the session
   */
  default @Nullable Downlink write(Outgoing outgoing, Predicate<String> isHeard) {
    return null;
  }

  /** The topics in a few words, for a device whose topic is not mapped; empty: nothing is said. */
  default String hint() {
    return "";
  }
}
