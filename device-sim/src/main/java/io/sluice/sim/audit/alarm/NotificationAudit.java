package io.sluice.sim.audit.alarm;

import io.sluice.sim.audit.Findings;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.alarm.BookedAlarm.Identity;
import io.sluice.sim.audit.alarm.EscalationAudit.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a webhook was told of each escalation once, in order, in time, as it is, and of nothing
 * else. Written after alarms.md.
 */
final class NotificationAudit {
  private static final String POSTS = "posts";
  private static final String TOLD = "told";
  private static final String REFUSED = "refused on purpose";
  private static final String AGAIN = "told again, gateway away";
  private static final String OTHERS = "of others";
  private static final String BEYOND = "beyond what is kept";

  /** What is refused is tried again after a minute at last. */
  private static final long RETRY_MICROS = 65_000_000;

  private static final List<String> STATES = List.of("active", "acknowledged", "cleared");

  private final AlarmScene scene;
  private final List<WebhookPost> posts;
  private final Map<Long, BookedAlarm> fresh = new LinkedHashMap<>();
  private final Map<Long, BookedAlarm> booked = new HashMap<>();
  private final Map<BookedAlarm, AlarmEpisode> episodes;
  private final Findings findings =
      new Findings("notifications", POSTS, TOLD, REFUSED, AGAIN, OTHERS, BEYOND);

  private NotificationAudit(AlarmScene scene, List<WebhookPost> posts) {
    this.scene = scene;
    this.posts = posts;
    Map<Identity, List<BookedAlarm>> entries = new LinkedHashMap<>();
    for (BookedAlarm alarm : scene.fresh()) {
      fresh.put(alarm.id(), alarm);
      if (alarm.isOfDevice()) {
        entries.computeIfAbsent(alarm.identity(), each -> new ArrayList<>()).add(alarm);
      }
    }
    scene.now().alarms().forEach(alarm -> booked.put(alarm.id(), alarm));
    episodes = EscalationAudit.episodes(scene, entries);
  }

  /**
   * @param beyond posts that came and are not among those
   */
  static Verdict of(AlarmScene scene, List<WebhookPost> posts, long beyond) {
    NotificationAudit audit = new NotificationAudit(scene, posts);
    audit.findings.count(BEYOND, beyond);
    return audit.judge();
  }

  /** One escalation of one alarm. */
  private record Told(long alarm, long escalatedMicros) {}

  private Verdict judge() {
    Map<Told, List<WebhookPost>> taken = new LinkedHashMap<>();
    Map<Long, WebhookPost> last = new HashMap<>();
    Set<String> devices = scene.devices().keySet();
    for (WebhookPost post : posts) {
      findings.count(POSTS);
      findings.count(REFUSED, post.isTaken() ? 0 : 1);
      BookedAlarm said = post.alarm();
      if (said.id() < 0) {
        findings.add("unreadable", "", "a post says no id of an alarm");
        continue;
      }
      if (!devices.contains(said.device()) && !fresh.containsKey(said.id())) {
        findings.count(OTHERS);
        continue;
      }
      said(said);
      order(last.put(said.id(), post), post);
      if (post.isTaken()) {
        taken
            .computeIfAbsent(new Told(said.id(), said.escalatedMicros()), each -> new ArrayList<>())
            .add(post);
      }
    }
    taken.values().forEach(this::once);
    fresh.values().forEach(alarm -> owed(alarm, taken));
    return findings.verdict();
  }

  /** Whether there is such an alarm, which is escalated, and as it is told. */
  private void said(BookedAlarm said) {
    BookedAlarm there = booked.get(said.id());
    if (there == null) {
      add("told in vain", said, "is told, and is not in the book");
      return;
    }
    if (!fresh.containsKey(said.id())) {
      return; // of before the run
    }
    if (!there.identity().equals(said.identity()) || !there.kind().equals(said.kind())) {
      add("told otherwise", said, "is told, and in the book as " + there.named());
    }
    if (there.raisedMicros() != said.raisedMicros()) {
      add("told otherwise", said, "is told as raised at another time than in the book");
    }
    AlarmEpisode episode = episodes.get(there);
    boolean mayChange = episode == null || episode.actual() != null;
    if (!there.severity().equals(said.severity())) {
      add(
          "told otherwise",
          said,
          "is told as " + said.severity() + ", in the book " + there.severity());
    }
    if (!there.status().equals(said.status()) && !mayChange) {
      add("told otherwise", said, "is told as " + said.status() + ", really " + there.status());
    }
    if (said.escalatedMicros() != there.escalatedMicros() && !isEarlier(there, said, episode)) {
      add("told in vain", said, "is told as escalated, and was not then");
    }
  }

  /** Its escalation before it became Actual, or graver. */
  private boolean isEarlier(BookedAlarm there, BookedAlarm said, @Nullable AlarmEpisode episode) {
    long escalated = said.escalatedMicros();
    boolean isBefore = there.escalatedMicros() == 0 || escalated < there.escalatedMicros();
    if (episode == null) {
      return escalated > 0 && isBefore;
    }
    long after = scene.plan().of(there.severity()).toNanos() / 1_000;
    long due = there.raisedMicros() + after;
    Span first = new Span(due - AlarmScene.CLOCKS_MICROS, scene.latest(due));
    return episode.actual() != null && isBefore && after > 0 && first.has(escalated);
  }

  private void order(@Nullable WebhookPost before, WebhookPost post) {
    if (before == null) {
      return;
    }
    BookedAlarm was = before.alarm();
    BookedAlarm is = post.alarm();
    boolean isSame = was.escalatedMicros() == is.escalatedMicros();
    boolean isBack =
        is.escalatedMicros() < was.escalatedMicros()
            || (isSame && STATES.indexOf(is.state()) < STATES.indexOf(was.state()))
            || (was.status().equals("Actual") && !is.status().equals("Actual"));
    if (isBack) {
      add(
          "out of order",
          is,
          "is told as %s, %s after it was told as %s, %s"
              .formatted(is.state(), is.status(), was.state(), was.status()));
    }
    if (isSame && !before.key().equals(post.key())) {
      add("other key", is, "is told again with another Idempotency-Key");
    }
  }

  private void once(List<WebhookPost> taken) {
    WebhookPost first = taken.getFirst();
    findings.count(TOLD);
    if (first.key().isEmpty()) {
      add("no key", first.alarm(), "is told without Idempotency-Key");
    }
    for (WebhookPost again : taken.subList(1, taken.size())) {
      if (scene.isAway(first.arrivedMillis() * 1_000, again.arrivedMillis() * 1_000)) {
        findings.count(AGAIN); // its answer was lost with the gateway
      } else {
        add("told twice", first.alarm(), "is told twice, and was taken each time");
      }
    }
  }

  private void owed(BookedAlarm alarm, Map<Told, List<WebhookPost>> taken) {
    long escalated = alarm.escalatedMicros();
    if (escalated == 0) {
      return;
    }
    List<WebhookPost> told = taken.get(new Told(alarm.id(), escalated));
    long until = latest(alarm);
    if (told == null) {
      if (scene.askedMicros() > until) {
        add(
            "not told",
            alarm,
            "is not told, %s after its escalation"
                .formatted(AlarmScene.seconds(scene.askedMicros() - escalated)));
      } else if (alarm.notification().equals("delivered")) {
        add("not told", alarm, "is not told, and the book says that it was delivered");
      }
      return;
    }
    long arrived = told.getFirst().arrivedMillis() * 1_000;
    if (arrived > until) {
      add(
          "told late",
          alarm,
          "is told %s after its escalation".formatted(AlarmScene.seconds(arrived - escalated)));
    } else if (arrived < escalated - AlarmScene.CLOCKS_MICROS) {
      add("told early", alarm, "is told before its escalation");
    }
    if (!alarm.notification().equals("delivered") && scene.askedMicros() > scene.latest(arrived)) {
      add(
          "told otherwise",
          alarm,
          "is told, and the book says `" + alarm.notification() + "` of its delivery");
    }
  }

  /** Refusals on purpose put it off. */
  private long latest(BookedAlarm alarm) {
    long latest = scene.latest(alarm.escalatedMicros());
    for (WebhookPost post : posts) {
      if (!post.isTaken() && post.arrivedMillis() * 1_000 <= latest) {
        latest = Math.max(latest, scene.latest(post.arrivedMillis() * 1_000 + RETRY_MICROS));
      }
    }
    return latest;
  }

  private void add(String kind, BookedAlarm alarm, String what) {
    findings.add(kind, alarm.device(), alarm.named() + " " + what);
  }
}
