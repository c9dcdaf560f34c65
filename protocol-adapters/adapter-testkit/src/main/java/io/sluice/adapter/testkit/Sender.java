package io.sluice.adapter.testkit;

import java.util.concurrent.CompletableFuture;

/** A device's client, speaking the adapter's protocol by a library that is not ours. */
public interface Sender extends AutoCloseable {
  /** Sends one message that wants an acknowledgement; completes when that has come. */
  CompletableFuture<Answer> send(String topic, byte[] payload);

  /** As a device that loses its power: without a word of parting. */
  default void vanish() throws java.io.IOException {
    close();
  }

  @Override
  void close() throws java.io.IOException;
}
