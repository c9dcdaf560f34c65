package io.sluice.engine.audit;

import static io.sluice.engine.audit.AuditFixture.event;
import static io.sluice.engine.audit.AuditFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.audit.AuditEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AuditFoldTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final AuditFold fold = new AuditFold(0);
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
    assertThat(out).hasSizeLessThan(AuditFold.BURST + AuditFold.PER_SECOND * 3_600 + 30);
    assertThat(total()).isEqualTo(steps);
  }
}
