package io.sluice.upstream.mqtt;

import org.jspecify.annotations.Nullable;

/** What went wrong, in words: Paho's own messages hide the cause. */
final class PahoFaults {
  private PahoFaults() {}

  static String text(@Nullable Throwable fault) {
    if (fault == null) {
      return "closed by the broker";
    }
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    if (message == null) {
      return root instanceof java.io.EOFException
          ? "closed by the broker"
          : root.getClass().getSimpleName();
    }
    return message;
  }
}
