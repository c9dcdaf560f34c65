package io.sluice.api.adapter;

/**
 * Where receipts are handed back: one per event loop of an adapter.
 *
 * <p>{@link #receipt} is called on the spool's writer thread, or, for what is refused at once, on
 * the thread that called {@link Gateway#accept}, before that call returns. It must neither block
 * nor throw: an adapter puts the receipt into a queue of its own. {@link #flush} follows after each
 * batch of receipts, on the same thread: the moment to wake the event loop, once.
 */
public interface ReceiptSink {
  void receipt(Uplink uplink, Receipt receipt);

  void flush();
}
