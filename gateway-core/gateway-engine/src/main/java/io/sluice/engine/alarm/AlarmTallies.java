package io.sluice.engine.alarm;

import io.sluice.api.operator.AlarmService.Figures;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What became of alarms since the start, counted. Thread-safe. */
final class AlarmTallies {
  /** Alarms that were left out of the book, by the bound that left them out. */
  final AtomicLong deviceFull = new AtomicLong();

  final AtomicLong bookFull = new AtomicLong();

  /** Records of the gateway's own alarms that did not go upstream. */
  final AtomicLong outboxFull = new AtomicLong();

  final AtomicLong delivered = new AtomicLong();
  final AtomicLong refused = new AtomicLong();
  final AtomicLong givenUp = new AtomicLong();

  /** Escalations that the webhook has yet to be told of. */
  final AtomicLong undelivered = new AtomicLong();

  Figures figures() {
    return new Figures(
        Map.of("device", deviceFull.get(), "book", bookFull.get(), "outbox", outboxFull.get()),
        undelivered.get(),
        Map.of("delivered", delivered.get(), "refused", refused.get(), "given-up", givenUp.get()));
  }
}
