package io.sluice.sim.fleet;

import io.sluice.sim.device.Kind;

/** A device's way to the gateway. Called, and calls back, on the device's event loop only. */
interface Link {
  /** Goes on until closed, reconnecting by itself. */
  void open();

  /** Whether a message can be sent now. */
  boolean ready();

  /** Sends; the outcome comes to {@link Listener}. Only when {@link #ready}. */
  void send(long n, Kind kind, byte[] payload);

  /** Messages without an outcome yet. */
  int pending();

  void close();

  /** What becomes of messages. */
  interface Listener {
    void acked(long n);

    void refused(long n, String why);

    void resent(long n);
  }
}
