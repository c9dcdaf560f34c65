package io.sluice.api;

/** The handle of a live stream. Closing it ends the stream; closing it twice does nothing. */
public interface Following extends AutoCloseable {
  @Override
  void close();
}
