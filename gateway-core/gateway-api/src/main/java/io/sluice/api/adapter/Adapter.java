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

  /** Stops taking new work, answers what is in hand as far as 2 s allow, closes the sockets. */
  @Override
  void close();
}
