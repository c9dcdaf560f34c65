package io.sluice.api.adapter;

/** The way in for messages. Thread-safe, never blocks. */
public interface Ingress {
  /**
   * Takes an uplink in: resolves, normalizes, appends. Never throws. The verdict goes to {@link
   * Uplink#sink}, exactly once, possibly before this method returns (Busy and most refusals),
   * otherwise after the disk has it. An uplink that got {@link Receipt.Busy} may be offered again.
   * Who takes messages in the order of a connection offers those behind it behind it: it has the
   * receipt by the time that this method returns, unless the disk failed.
   */
  void accept(Uplink uplink);

  /**
   * Whether something maps the topic or path, without leading slash, of whichever device it comes.
   * Where nothing does, a peer without credentials is told that, and not to show some.
   *
   * @throws Awaited where that is being found out
   */
  default boolean maps(String topic) {
    return true;
  }
}
