package io.sluice.fleet.run;

import io.sluice.fleet.partition.RecordDecoding;

/** Decoders for the tests of other packages. */
public final class Decodings {
  private Decodings() {}

  /** One for a task. */
  public static RecordDecoding make() {
    return new JsonDecoding();
  }
}
