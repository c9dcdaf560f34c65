package io.sluice.upstream.kafka;

/** What went wrong, in words for the operator. */
final class KafkaFaults {
  private KafkaFaults() {}

  /** The message, and that of the innermost cause, which says why. */
  static String text(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String outer = own(fault);
    String inner = own(root);
    return outer.contains(inner) ? outer : outer + ": " + inner;
  }

  private static String own(Throwable fault) {
    String message = fault.getMessage();
    return message == null || message.isBlank() ? fault.getClass().getSimpleName() : message;
  }
}
