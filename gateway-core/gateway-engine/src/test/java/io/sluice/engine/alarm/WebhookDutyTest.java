package io.sluice.engine.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Filter;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.api.operator.AlarmService.State;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Escalations on their way to a receiver that takes, refuses or hangs. */
class WebhookDutyTest {
  private static final Duration KEEP = Duration.ofHours(1);

  @TempDir Path data;

  private final SteppedClock clock = new SteppedClock();
  private final Fake receiver = new Fake();
  private AlarmBook book;
  private WebhookDuty duty;
  private long nanos;
  private long sequence;

  /** Answers at once as it is told to, or never. */
  private static final class Fake implements WebhookDuty.Receiver {
    final List<String> posted = new ArrayList<>();
    final Map<String, Consumer<@Nullable String>> hanging = new LinkedHashMap<>();
    final List<String> poison = new ArrayList<>();
    boolean hangs;
    @Nullable String fault;

    @Override
    public void post(AlarmView alarm, Consumer<@Nullable String> answer) {
      posted.add(alarm.name());
      if (hangs) {
        hanging.put(alarm.name(), answer);
      } else {
        answer.accept(poison.contains(alarm.name()) ? "it answered 400" : fault);
      }
    }

    @Override
    public String place() {
      return "https://hook.example";
    }
  }

  @BeforeEach
  void open() throws Exception {
    start(URI.create("https://hook.example/secret"));
  }

  private void start(@Nullable URI url) throws Exception {
    AlarmSettings all = AlarmSettings.DEFAULTS;
    book =
        AlarmBook.open(
            data,
            new AlarmSettings(
                all.keep(),
                all.keepMost(),
                all.supervision(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                all.escalateModerate(),
                all.escalateMinor(),
                url,
                KEEP,
                null,
                null,
                null),
            "edge-01",
            clock);
    duty = new WebhookDuty(book, receiver, KEEP, clock, () -> nanos);
  }

  @AfterEach
  void close() {
    book.close();
  }

  private static Signal signal(int i, Cap cap) {
    return new Signal(
        Kind.DEVICE, "d-" + i, "emergency", "depot", "gas", "a" + i, cap, false, 0, "on");
  }

  private void escalate(String severity, int from, int to) {
    List<Signal> signals = new ArrayList<>();
    for (int i = from; i < to; i++) {
      signals.add(signal(i, new Cap(severity, "Immediate", "Observed", "Actual")));
    }
    book.take(signals, "epoch", ++sequence);
    clock.forward(Duration.ofSeconds(2));
    nanos += TimeUnit.SECONDS.toNanos(2);
    while (!book.escalate().isEmpty()) {
      // 256 at once
    }
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      clock.forward(Duration.ofSeconds(1));
      nanos += TimeUnit.SECONDS.toNanos(1);
      duty.run();
    }
  }

  private List<AlarmView> all() {
    return book.list(new Filter(List.of(State.values()), null, null, null, 1000));
  }

  private List<AlarmView> reported(State state) {
    return book.list(new Filter(List.of(state), null, null, null, 1000)).stream()
        .filter(alarm -> alarm.name().equals(WebhookDuty.NAME))
        .toList();
  }

  @Test
  void eachOfAThousandIsDeliveredOnce() {
    escalate("Extreme", 0, 1_000);
    pass(15);
    assertThat(receiver.posted).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(all()).extracting(AlarmView::notification).containsOnly("delivered");
    assertThat(all()).extracting(AlarmView::notifiedMicros).doesNotContainNull();
    assertThat(book.figures().posts()).containsEntry("delivered", 1_000L);
    assertThat(book.figures().undelivered()).isZero();
  }

  @Test
  void gravestGoesFirst() {
    escalate("Severe", 0, 150);
    escalate("Extreme", 150, 151);
    pass(1);
    assertThat(receiver.posted.getFirst()).isEqualTo("a150");
  }

  @Test
  void receiverThatIsAwayHasAllOfThemWhenItIsBack() {
    receiver.fault = "nobody listens there";
    escalate("Extreme", 0, 300);
    pass(600);
    assertThat(receiver.posted).hasSizeBetween(300, 800);
    assertThat(book.figures().undelivered()).isEqualTo(300);
    receiver.posted.clear();
    receiver.fault = null;
    pass(70);
    assertThat(receiver.posted).hasSize(300).doesNotHaveDuplicates();
    assertThat(book.figures().undelivered()).isZero();
  }

  @Test
  void whatIsUndeliveredIsPostedByTheNextProcess() throws Exception {
    receiver.hangs = true;
    escalate("Extreme", 0, 3);
    pass(1);
    book.clear(all().getFirst().id(), "ann", null);
    book.close();
    receiver.hangs = false;
    receiver.posted.clear();
    start(URI.create("https://hook.example/secret"));
    pass(2);
    assertThat(receiver.posted).containsExactlyInAnyOrder("a0", "a1", "a2");
    assertThat(all()).extracting(AlarmView::notification).containsOnly("delivered");
  }

  @Test
  void receiverThatHangsHasAHundredUnderWayAndThenOne() {
    receiver.hangs = true;
    escalate("Extreme", 0, 150);
    pass(9);
    assertThat(receiver.posted).hasSize(WebhookDuty.UNDER_WAY_MAX);
    receiver.hanging.values().forEach(answer -> answer.accept("it did not answer within 10 s"));
    receiver.hanging.clear();
    pass(5);
    assertThat(receiver.hanging).hasSize(1);
    assertThat(receiver.posted.getLast()).isEqualTo("a100");
  }

  @Test
  void alarmThatTheReceiverTakesBadlyHoldsUpNoOther() {
    receiver.poison.add("a0");
    escalate("Extreme", 0, 1);
    pass(120);
    escalate("Severe", 1, 20);
    pass(3);
    assertThat(book.figures().undelivered()).isEqualTo(1);
    assertThat(receiver.posted).contains("a1", "a19");
  }

  @Test
  void failingIsAnAlarmOfTheGatewayThatIsNotPostedItself() {
    receiver.fault = "it answered 503";
    escalate("Extreme", 0, 2);
    pass(20);
    assertThat(reported(State.ACTIVE)).isEmpty();
    pass(30);
    assertThat(reported(State.ACTIVE)).hasSize(1);
    assertThat(reported(State.ACTIVE).getFirst().text())
        .isEqualTo(
            "the webhook https://hook.example does not take alarms: it answered 503; 2 wait");
    assertThat(book.escalate()).extracting(AlarmView::name).contains(WebhookDuty.NAME);
    assertThat(reported(State.ACTIVE).getFirst().notification()).isNull();
    receiver.fault = null;
    pass(70);
    assertThat(reported(State.ACTIVE)).isEmpty();
    assertThat(reported(State.CLEARED)).hasSize(1);
    assertThat(receiver.posted).doesNotContain(WebhookDuty.NAME);
  }

  @Test
  void oneThatIsNotTakenForItsWholeTimeIsGivenUpAndSaysSo() {
    receiver.fault = "it answered 503";
    escalate("Extreme", 0, 2);
    pass(59 * 60);
    assertThat(all().stream().filter(alarm -> "waiting".equals(alarm.notification()))).hasSize(2);
    pass(2 * 60);
    assertThat(all().stream().filter(alarm -> "failed".equals(alarm.notification()))).hasSize(2);
    assertThat(book.figures().posts()).containsEntry("given-up", 2L);
    assertThat(book.figures().undelivered()).isZero();
    assertThat(reported(State.ACTIVE)).as("until it takes one").hasSize(1);
    int tries = receiver.posted.size();
    assertThat(tries).as("at most one a minute, once it has failed for long").isLessThan(90);
    pass(300);
    assertThat(receiver.posted).hasSize(tries);
    receiver.fault = null;
    escalate("Extreme", 2, 3);
    pass(3);
    assertThat(reported(State.ACTIVE)).isEmpty();
  }

  @Test
  void pruningLeavesWhatIsStillToBeTold() {
    receiver.fault = "it answered 503";
    escalate("Extreme", 0, 1);
    book.clear(all().getFirst().id(), "ann", null);
    clock.forward(Duration.ofDays(91));
    book.prune();
    assertThat(all()).hasSize(1);
    pass(1);
    book.prune();
    assertThat(all()).isEmpty();
  }

  @Test
  void webhookThatIsTakenOutOfTheConfigurationLeavesNothingWaiting() throws Exception {
    receiver.fault = "it answered 503";
    escalate("Extreme", 0, 2);
    pass(40);
    book.close();
    start(null);
    WebhookDuty.withdraw(book, clock);
    assertThat(reported(State.ACTIVE)).isEmpty();
    assertThat(all().stream().filter(alarm -> "waiting".equals(alarm.notification()))).isEmpty();
  }

  @Test
  void alarmThatBecomesGraverWhileItWaitsIsToldOfBothEscalationsAndNoMore() {
    receiver.hangs = true;
    escalate("Severe", 0, 1);
    pass(1);
    Cap graver = new Cap("Extreme", "Immediate", "Observed", "Actual");
    book.take(List.of(signal(0, graver)), "epoch", ++sequence);
    assertThat(all().getFirst().escalatedMicros()).isNull();
    receiver.hanging.remove("a0").accept(null);
    pass(1);
    assertThat(all().getFirst().notification()).isEqualTo("delivered");
    clock.forward(Duration.ofSeconds(2));
    assertThat(book.escalate()).hasSize(1);
    pass(1);
    receiver.hanging.remove("a0").accept(null);
    pass(30);
    assertThat(receiver.posted).containsExactly("a0", "a0");
    assertThat(all().getFirst().notification()).isEqualTo("delivered");
  }

  @Test
  void answerOfTheFormerEscalationIsNotThatOfTheLater() {
    receiver.hangs = true;
    escalate("Severe", 0, 1);
    pass(1);
    Consumer<@Nullable String> former = receiver.hanging.remove("a0");
    Cap graver = new Cap("Extreme", "Immediate", "Observed", "Actual");
    book.take(List.of(signal(0, graver)), "epoch", ++sequence);
    clock.forward(Duration.ofSeconds(2));
    assertThat(book.escalate()).hasSize(1);
    former.accept(null);
    pass(2);
    assertThat(receiver.posted).containsExactly("a0", "a0");
    assertThat(all().getFirst().notification()).isEqualTo("waiting");
  }
}
