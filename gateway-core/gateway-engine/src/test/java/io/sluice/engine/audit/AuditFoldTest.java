package io.sluice.engine.audit;

import static io.sluice.engine.audit.AuditFixture.event;
import static io.sluice.engine.audit.AuditFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.config.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AuditFoldTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AuditFold fold = new AuditFold(AuditSettings.DEFAULTS, 0);
  private final List<AuditEntry> out = new ArrayList<>();

  private void take(AuditEvent event, long nanos) {
    fold.flush(nanos, false, out::add);
    fold.take(new AuditEntry(Instant.EPOCH, event, 1), nanos, out::add);
  }

  private long total() {
    return out.stream().mapToLong(AuditEntry::times).sum();
  }

  @Test
  void repeatsWithinASecondAreOneLineWithTheirNumber() {
    for (int i = 0; i < 100; i++) {
      take(refusal("press-1", "10.0.0.7:" + i), i);
    }
    assertThat(out).hasSize(1);
    fold.flush(SECOND, false, out::add);
    assertThat(out).hasSize(2);
    assertThat(out.getLast().times()).isEqualTo(99);
    assertThat(out.getLast().event().from()).as("the latest").isEqualTo("10.0.0.7:99");
  }

  @Test
  void whatWasDoneIsNeverFolded() {
    for (int i = 0; i < 100; i++) {
      take(event(1), i);
    }
    assertThat(out).hasSize(100);
    assertThat(fold.isEmpty()).isTrue();
  }

  @Test
  void differentNamesAndAddressesAreKeptApart() {
    take(refusal("press-1", "10.0.0.7:1"), 0);
    take(refusal("press-2", "10.0.0.7:1"), 0);
    take(refusal("press-1", "10.0.0.8:1"), 0);
    assertThat(out).hasSize(3);
  }

  @Test
  void kindThatPausesForItsSpanIsWrittenAtOnceAgain() {
    take(refusal("press-1", "10.0.0.7:1"), 0);
    take(refusal("press-1", "10.0.0.7:2"), 2 * SECOND);
    assertThat(out).hasSize(2);
    assertThat(out).allMatch(entry -> entry.times() == 1);
  }

  @Test
  void anHourOfHammeringIsAboutALineEachFiveMinutes() {
    long steps = 36_000;
    for (long i = 0; i < steps; i++) {
      take(refusal("press-1", "10.0.0.7:1"), i * SECOND / 10);
    }
    fold.flush(3_600 * SECOND, true, out::add);
    assertThat(out).hasSizeLessThan(30);
    assertThat(total()).isEqualTo(steps);
    assertThat(fold.isEmpty()).isTrue();
  }

  @Test
  void anHourOfEverNewNamesStaysBoundedInLinesAndMemory() {
    long steps = 360_000;
    for (long i = 0; i < steps; i++) {
      take(refusal("guess-" + i, "10.0.0.7:1"), i * SECOND / 100);
      assertThat(fold.size()).isLessThanOrEqualTo(AuditFold.MAX_SPANS + 1);
    }
    fold.flush(3_600 * SECOND, true, out::add);
    assertThat(out).hasSizeLessThan(AuditFold.BURST + 2 * 60 + 30);
    assertThat(total()).isEqualTo(steps);
  }

  /** A day of attack, of ever new names, of the same few hundred in turn, and in pulses. */
  @Test
  void refusalsNeverFillMoreThanTheirShareOfTheLog() {
    AuditSettings small =
        new AuditSettings(null, new Bytes(100 << 10), 3, Duration.ofDays(400), null);
    AuditFold tight = new AuditFold(small, 0);
    long[] bytes = {0};
    long[] times = {0};
    long sent = 0;
    for (long second = 0; second < 86_400; second++) {
      int each = second % 3 == 0 ? 7 : 0;
      for (int i = 0; i < each; i++) {
        String who =
            (i % 2 == 0 ? "guess-" + second : "known-" + second % 900) + "\u0001".repeat(500);
        tight.take(
            new AuditEntry(Instant.EPOCH, refusal(who, "10.0.0.7:1"), 1),
            second * SECOND,
            entry -> {
              bytes[0] += line(entry);
              times[0] += entry.times();
            });
        sent++;
      }
      tight.flush(
          second * SECOND,
          false,
          entry -> {
            bytes[0] += line(entry);
            times[0] += entry.times();
          });
    }
    tight.flush(86_400 * SECOND, true, entry -> times[0] += entry.times());
    assertThat(times[0]).isEqualTo(sent);
    assertThat(bytes[0]).isLessThan((long) (0.2 * 3 * (100 << 10)));
  }

  private static long line(AuditEntry entry) {
    byte[] line = AuditLine.encode(1, entry, "0".repeat(64), AuditHash.of(null)).bytes();
    assertThat(line.length).isLessThan(AuditFold.LINE_BYTES);
    return line.length;
  }

  @Test
  void whatWasCountedComesBeforeTheGatewaysLastEvent() {
    AuditEvent stopped =
        new AuditEvent("gateway.stopped", "gateway", null, null, AuditEvent.Result.DONE, null);
    for (int i = 0; i < 3; i++) {
      Instant time = Instant.ofEpochSecond(i);
      fold.take(new AuditEntry(time, refusal("later", "10.0.0.8:1"), 1), 0, out::add);
    }
    for (int i = 0; i < 2; i++) {
      fold.take(new AuditEntry(Instant.EPOCH, refusal("sooner", "10.0.0.7:1"), 1), 0, out::add);
    }
    fold.take(new AuditEntry(Instant.ofEpochSecond(9), stopped, 1), 1, out::add);
    fold.flush(2, true, out::add);
    assertThat(out)
        .extracting(entry -> entry.event().who() + " " + entry.times())
        .containsExactly("later 1", "sooner 1", "sooner 1", "later 2", "gateway 1");
  }
}
