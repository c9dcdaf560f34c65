package io.sluice.adapter.http.wire;

/**
 * One version of HTTP on one connection. Confined to the event loop. What it is told to read it
 * owns.
 */
interface Talk {
  /** Something has come: bytes, or frames. */
  void read(Object message);

  /** All that came at once has been read. */
  void readComplete();

  /** The peer reads again what is sent to it, or does not. */
  void writable(boolean isWritable);

  /** Ends what has taken too long. */
  void checkTimes(long nowNanos);

  /** Takes nothing more; true once all that came is answered. */
  boolean quiesce();

  /** Ends the connection in good order, with what was written before. */
  void finish();

  /** Something failed in the pipeline of the connection. */
  void caught(Throwable cause);

  /** The connection has ended. */
  void gone();
}
