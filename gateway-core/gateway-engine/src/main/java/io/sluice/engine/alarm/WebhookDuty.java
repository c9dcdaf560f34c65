package io.sluice.engine.alarm;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.engine.alarm.Notifications.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers escalations to the webhook: those that the book has as undelivered, {@value
 * #UNDER_WAY_MAX} under way at most. One that is not taken stays in the book and is tried again
 * until its time is over.
 *
 * <p>While posts fail, one is under way at a time: 1 s after a failure, then twice as long each
 * time, 60 s at most; what was never tried waits no longer than 1 s. One alarm that the receiver
 * takes badly therefore does not hold up the others. The failing is an alarm of the gateway's own
 * after {@value #FAILING_SECONDS} s.
 *
 * <p>On the alarm thread, each second; never waits for the receiver.
 */
public final class WebhookDuty implements Runnable {
  static final String NAME = "webhook";
  static final int UNDER_WAY_MAX = 100;
  static final int FAILING_SECONDS = 30;
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int PAUSE_MAX_SECONDS = 60;
  private static final int LEVEL_MAX = 7;
  private static final Cap CAP = new Cap("Severe", "Immediate", "Observed", "Actual");
  private static final Logger LOG = LoggerFactory.getLogger(WebhookDuty.class);

  /** Takes alarms; see {@link Webhook}. */
  public interface Receiver {
    /** Posts an alarm and tells why it was not taken, null where it was; soon, on any thread. */
    void post(AlarmView alarm, Consumer<@Nullable String> fault);

    /** Its place, for operators. */
    String place();
  }

  /** What became of a post, and why it was not taken. */
  private record Answer(Notifications.Key key, @Nullable String fault) {}

  private final AlarmBook book;
  private final Notifications notifications;
  private final AlarmTallies tallies;
  private final Receiver receiver;
  private final Duration keep;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Set<Notifications.Key> underWay = new HashSet<>();

  /** At most {@value #UNDER_WAY_MAX}, for so many are under way. */
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

  private int level;
  private long pauseUntilNanos;
  private boolean isFailing;
  private long failingSinceNanos;
  private boolean isReported;
  private boolean isTakenSince;
  private String fault = "";

  /**
   * @param keep how long an escalation is tried
   * @param nanoTime monotonic, as {@link System#nanoTime}
   */
  public WebhookDuty(
      AlarmBook book, Receiver receiver, Duration keep, Clock clock, LongSupplier nanoTime) {
    this.book = book;
    this.notifications = new Notifications(book.database());
    this.tallies = book.tallies();
    this.receiver = receiver;
    this.keep = keep;
    this.clock = clock;
    this.nanoTime = nanoTime;
    isReported = book.open(Kind.GATEWAY).stream().anyMatch(alarm -> alarm.name().equals(NAME));
    isFailing = isReported;
    failingSinceNanos = nanoTime.getAsLong();
  }

  /** There is no webhook any more: nothing waits for it, and its alarm is over. */
  public static void withdraw(AlarmBook book, Clock clock) {
    long now = micros(clock);
    int left = new Notifications(book.database()).giveUp(Long.MAX_VALUE, now);
    if (left > 0) {
      LOG.warn("alarms: {} escalations wait for a webhook that is configured no more", left);
    }
    if (book.open(Kind.GATEWAY).stream().anyMatch(alarm -> alarm.name().equals(NAME))) {
      book.report(List.of(signal(true, "no webhook is configured")));
    }
  }

  @Override
  public void run() {
    settle();
    giveUp();
    long[] count = notifications.count();
    tallies.undelivered.set(count[0]);
    report(count[0], count[1]);
    if (count[0] > underWay.size()) {
      post();
    }
  }

  /** Takes down what became of posts; where the disk fails, it is tried again in a second. */
  private void settle() {
    List<Answer> settled = new ArrayList<>(answers);
    if (settled.isEmpty()) {
      return;
    }
    notifications.settle(
        settled.stream().map(each -> new Outcome(each.key(), each.fault() == null)).toList(),
        micros(clock));
    boolean isAnyTaken = false;
    for (Answer each : settled) {
      answers.remove();
      underWay.remove(each.key());
      boolean isTaken = each.fault() == null;
      isAnyTaken |= isTaken;
      (isTaken ? tallies.delivered : tallies.refused).incrementAndGet();
      if (!isTaken) {
        failed(each);
      }
    }
    level = isAnyTaken ? 0 : Math.min(level + 1, LEVEL_MAX);
    isTakenSince |= isAnyTaken;
    long pause = level == 0 ? 0 : Math.min(PAUSE_MAX_SECONDS, 1L << (level - 1));
    pauseUntilNanos = nanoTime.getAsLong() + pause * SECOND_NANOS;
  }

  private void failed(Answer answer) {
    fault = String.valueOf(answer.fault());
    if (!isFailing) {
      isFailing = true;
      isTakenSince = false;
      failingSinceNanos = nanoTime.getAsLong();
      LOG.warn(
          "alarm {}: the webhook {} does not take it: {}; it is kept and tried again for {} min",
          answer.key().alarm(),
          receiver.place(),
          fault,
          keep.toMinutes());
    }
  }

  private void giveUp() {
    long now = micros(clock);
    int given = notifications.giveUp(now - TimeUnit.MILLISECONDS.toMicros(keep.toMillis()), now);
    if (given > 0) {
      tallies.givenUp.addAndGet(given);
      LOG.error(
          "{} alarms were not delivered to the webhook {} in {} min and are given up: {}",
          given,
          receiver.place(),
          keep.toMinutes(),
          fault.isEmpty() ? "the gateway was not running" : fault);
    }
  }

  /** Its failing is in the book as long as something has failed, or nothing was taken since. */
  private void report(long waiting, long tried) {
    if (isFailing && tried == 0 && isTakenSince) {
      isFailing = false;
      LOG.info("alarms: the webhook takes them again");
    }
    boolean isForLong =
        isFailing && nanoTime.getAsLong() - failingSinceNanos >= FAILING_SECONDS * SECOND_NANOS;
    if (isForLong && !isReported) {
      String text =
          "the webhook %s does not take alarms: %s; %d wait"
              .formatted(receiver.place(), fault, waiting);
      book.report(List.of(signal(false, text)));
      isReported = true;
    } else if (isReported && !isFailing) {
      book.report(List.of(signal(true, "the webhook takes alarms again")));
      isReported = false;
    }
  }

  private void post() {
    boolean isOneByOne = level > 0;
    if (isOneByOne && !underWay.isEmpty()) {
      return;
    }
    int most = isOneByOne ? 1 : UNDER_WAY_MAX - underWay.size();
    boolean isPaused = isOneByOne && nanoTime.getAsLong() - pauseUntilNanos < 0;
    for (AlarmView alarm : notifications.waiting(underWay, most, isPaused)) {
      Notifications.Key key = Notifications.Key.of(alarm);
      underWay.add(key);
      receiver.post(alarm, why -> answers.add(new Answer(key, why)));
    }
  }

  private static Signal signal(boolean isOver, String text) {
    return new Signal(Kind.GATEWAY, "", "", "", "", NAME, CAP, isOver, 0, text);
  }

  private static long micros(Clock clock) {
    return TimeUnit.MILLISECONDS.toMicros(clock.millis());
  }
}
