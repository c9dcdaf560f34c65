package io.sluice.adapter.testkit;

import java.util.concurrent.CompletableFuture;

/** A device's client, speaking the adapter's protocol by a library that is not ours. */
public interface Sender extends AutoCloseable {
  /** Sends one message that wants an acknowledgement; completes when that has come. */
  CompletableFuture<Answer> send(String topic, byte[] payload);

  @Override
  void close() throws java.io.IOException;
}
