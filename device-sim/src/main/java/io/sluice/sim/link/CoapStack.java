package io.sluice.sim.link;

import io.sluice.sim.link.Link.Message;

/**
 * The CoAP implementation of one device; ours, or Californium. Called, and calls back, on the
 * device's event loop.
 */
interface CoapStack {
  /**
   * Posts a message, Confirmable; only while no other is under way.
   *
   * @param isLying with wrong secrets
   */
  void post(Message message, boolean isLying, Outcome outcome);

  /** Posts a message that nobody has to answer; a refusal comes to {@link Late}. */
  void postUnconfirmed(Message message, boolean isLying);

  /** Forgets what is under way: its outcome does not come. */
  void abandon();

  /**
   * From now on each datagram, either way, vanishes with this chance.
   *
   * @param chance 0 to 1
   */
  void lose(double chance);

  /** Goes on from another address or port. */
  void move();

  void close();

  /** What became of a message. */
  interface Outcome {
    /**
     * @param said the response's code and diagnostic payload
     */
    void answered(int code, String said, int maxAgeSeconds);

    void failed(String why);
  }

  /** Takes what a response to a Non-confirmable message says. */
  interface Late {
    void answered(long n, int code, String said);
  }

  /** Makes a device's stack. */
  interface Maker {
    CoapStack stack(Late late);
  }
}
