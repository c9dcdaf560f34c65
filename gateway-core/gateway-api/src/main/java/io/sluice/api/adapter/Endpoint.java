package io.sluice.api.adapter;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one listener or one far end of an adapter stands. Immutable.
 *
 * @param address {@code host:port} or a URI, without secrets; of a listener the bound one, with the
 *     real port where 0 was configured
 * @param links devices that are connected by it; for protocols without sessions, those that are
 *     known
 * @param reason one sentence why it waits; null where it does not
 * @param nextAttempt when it is tried again; null where it does not wait
 * @param lastError what went wrong last, also where all is well again; null where nothing did
 */
public record Endpoint(
    String address,
    State state,
    int links,
    @Nullable String reason,
    @Nullable Instant nextAttempt,
    @Nullable String lastError) {
  /** What it does at the moment. */
  public enum State {
    /** Devices may connect to it. */
    LISTENING,
    /** The far end is there. */
    CONNECTED,
    /** The far end is not there; it is tried again. */
    WAITING;

    /** The name for people and machines: {@code listening}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A socket that is open for devices. */
  public static Endpoint listening(InetSocketAddress bound, int links) {
    return new Endpoint(text(bound), State.LISTENING, links, null, null, null);
  }

  /** A far end that is there. */
  public static Endpoint connected(String address, int links, @Nullable String lastError) {
    return new Endpoint(address, State.CONNECTED, links, null, null, lastError);
  }

  /** A far end that is not there. */
  public static Endpoint waiting(
      String address, String reason, @Nullable Instant nextAttempt, @Nullable String lastError) {
    return new Endpoint(address, State.WAITING, 0, reason, nextAttempt, lastError);
  }

  /** Whether messages may come by it now. */
  public boolean isUp() {
    return state != State.WAITING;
  }

  /** A dual-stack wildcard, too, is written as people write it. */
  private static String text(InetSocketAddress bound) {
    String host = bound.getAddress().isAnyLocalAddress() ? "0.0.0.0" : bound.getHostString();
    return host + ":" + bound.getPort();
  }
}
