package io.sluice.adapter.testkit;

import java.util.List;

/** A device's client that takes commands as they come. */
public interface CommandTaker extends AutoCloseable {
  /** The payloads that came, in order, each once however often it was sent. Thread-safe. */
  List<String> taken();

  @Override
  void close() throws java.io.IOException;
}
