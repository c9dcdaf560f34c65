package io.sluice.fleet.run;

import io.sluice.api.tls.ClientTls;
import org.jspecify.annotations.Nullable;

/** What went wrong with Kafka or with the state, in one line for the operator. */
final class KafkaFault {
  private static final int DEPTH_MAX = 16;
  private static final int LENGTH_MAX = 300;

  /** As RocksDB and Java's files have it of the system. */
  private static final String FULL = "No space left on device";

  private KafkaFault() {}

  /** The first sentence of it, and what lies beneath where that says more. */
  static String text(Throwable fault) {
    String tls = ClientTls.fault(fault);
    if (tls != null) {
      return tls;
    }
    Throwable innermost = fault;
    for (int depth = 0; innermost.getCause() != null && depth < DEPTH_MAX; depth++) {
      innermost = innermost.getCause();
    }
    String first = line(fault);
    String last = line(innermost);
    String both = first.contains(last) ? first : first + ": " + last;
    if (last.contains(FULL)) {
      both = "the disk of fleet.state is full; make room there. " + both;
    }
    return both.length() <= LENGTH_MAX ? both : both.substring(0, LENGTH_MAX) + "...";
  }

  private static String line(@Nullable Throwable fault) {
    String message = fault == null ? null : fault.getMessage();
    return message == null || message.isBlank()
        ? String.valueOf(fault)
        : message.lines().findFirst().orElse("").strip();
  }
}
