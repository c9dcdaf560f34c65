package io.sluice.api.adapter;

import java.io.IOException;
import java.util.List;

/**
 * A running protocol adapter: a listener that devices connect to, or a source that connects out to
 * them and polls or subscribes. Started once, by the thread that starts the gateway; {@link
 * #endpoints} is called by any thread.
 */
public interface Adapter extends AutoCloseable {
  /**
   * Starts wholly or fails. A listener is open when this method returns. A source returns at once,
   * also where its far end is away: it tries again by itself, and {@link #endpoints} tells of it.
   *
   * @throws IOException where an address cannot be bound or a file cannot be read; the message
   *     names it and the remedy
   */
  void start(AdapterContext context) throws IOException;

  /**
   * Each listening socket, or each far end, in an order that stays. Only between start and close.
   * Does not block.
   */
  List<Endpoint> endpoints();

  /**
   * Ends the open sessions, spread over the drain's time; the listener stays open. That no new ones
   * are taken is told by {@link AdapterContext#drain}, before this is called. Called again, the
   * newer drain counts. Does not block.
   */
  default void drain(Drain drain) {}

  /** The drain is called off: what has not been ended goes on. Does not block. */
  default void resume() {}

  /** Sessions that a drain has to end. Only between start and close. Does not block. */
  default int sessions() {
    return endpoints().stream().mapToInt(Endpoint::links).sum();
  }

  /** Stops taking new work, answers what is in hand as far as 2 s allow, closes the sockets. */
  @Override
  void close();
}
