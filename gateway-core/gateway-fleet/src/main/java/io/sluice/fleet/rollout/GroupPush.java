package io.sluice.fleet.rollout;

import io.sluice.api.fleet.ConfigurationStore;
import io.sluice.api.fleet.ConfigurationStore.Report;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.api.fleet.ConfigurationStore.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives a version to a group of gateways, all at once or batch by batch, and waits for what they
 * say of it. A batch is over when each of its gateways has kept the version or not; the next one
 * follows while fewer than a bound have not. Used by one thread.
 */
public final class GroupPush {
  /** A gateway looks once a minute where it is not told; a restart takes its time too. */
  private static final long GRACE_SECONDS = 90;

  private static final long LOOK_MILLIS = 500;

  /** What became of a version at one gateway. */
  public enum Outcome {
    CONFIRMED,
    RETURNED,
    REFUSED,
    /** Still on trial when the time was up. */
    ON_TRIAL,
    /** It has taken a newer version meanwhile. */
    OVERTAKEN,
    /** It runs, and has not said anything of it. */
    SILENT,
    /** It does not run; it takes the version when it is back. */
    AWAY,
    /** It was not given the version. */
    HELD_BACK;

    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Whether it counts against the version. */
    boolean isBad() {
      return this == RETURNED || this == REFUSED || this == SILENT || this == ON_TRIAL;
    }
  }

  /**
   * @param detail why; may be empty
   */
  public record Line(String gateway, Outcome outcome, String detail) {}

  /**
   * @param isStopped whether further batches were held back
   */
  public record Result(List<Line> lines, boolean isStopped) {
    /** Whether all that run have kept it. */
    public boolean isWell() {
      return !isStopped && lines.stream().noneMatch(each -> each.outcome().isBad());
    }
  }

  private final ConfigurationStore fleet;
  private final Version version;
  private final List<String> running;
  private final List<String> away;
  private final Consumer<String> say;

  /**
   * @param running gateways of the audience that run, in the order in which they get it
   * @param away those that do not; they are waited for by nobody
   * @param say takes a sentence for each batch
   */
  public GroupPush(
      ConfigurationStore fleet,
      Version version,
      List<String> running,
      List<String> away,
      Consumer<String> say) {
    this.fleet = fleet;
    this.version = version;
    this.running = List.copyOf(running);
    this.away = List.copyOf(away);
    this.say = say;
  }

  /**
   * Waits until all have said what became of it, a trial and a while at the longest.
   *
   * @param batch so many at a time; 0: it was given to all at once
   * @param stopOn so many that have not kept it end the release
   */
  public Result await(int batch, int stopOn) throws InterruptedException {
    Map<String, Line> lines = new LinkedHashMap<>();
    int size = batch == 0 ? Math.max(1, running.size()) : batch;
    boolean isStopped = false;
    for (int from = 0; from < running.size() && !isStopped; from += size) {
      List<String> now = running.subList(from, Math.min(from + size, running.size()));
      if (from > 0) {
        fleet.release(version.version(), running.subList(0, from + now.size()));
      }
      if (batch > 0) {
        say.accept("given to " + String.join(", ", now));
      }
      awaitAll(now).forEach(line -> lines.put(line.gateway(), line));
      long bad = lines.values().stream().filter(line -> line.outcome().isBad()).count();
      isStopped = batch > 0 && bad >= stopOn && from + size < running.size();
    }
    boolean isBad =
        lines.values().stream().filter(each -> each.outcome().isBad()).count() >= stopOn;
    boolean isReleased = batch == 0 || !(isStopped || isBad);
    if (batch > 0 && isReleased) {
      fleet.release(version.version(), null);
    }
    List<Line> all = new ArrayList<>(lines.values());
    running.stream()
        .filter(each -> !lines.containsKey(each))
        .forEach(each -> all.add(new Line(each, Outcome.HELD_BACK, "")));
    Outcome rest = isReleased ? Outcome.AWAY : Outcome.HELD_BACK;
    away.forEach(each -> all.add(new Line(each, rest, "")));
    return new Result(List.copyOf(all), isStopped);
  }

  private List<Line> awaitAll(List<String> gateways) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(version.trialSeconds() + GRACE_SECONDS);
    while (true) {
      List<Line> lines = lines(gateways);
      boolean isOver =
          lines.stream()
              .noneMatch(
                  each -> each.outcome() == Outcome.SILENT || each.outcome() == Outcome.ON_TRIAL);
      if (isOver || System.nanoTime() - end >= 0) {
        return lines;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private List<Line> lines(List<String> gateways) {
    Map<String, Report> said = new HashMap<>();
    fleet.reports(version.version()).forEach(each -> said.put(each.gateway(), each));
    Map<String, Report> last = new HashMap<>();
    fleet.reports(0).forEach(each -> last.put(each.gateway(), each));
    return gateways.stream().map(id -> line(id, said.get(id), last.get(id))).toList();
  }

  private Line line(String gateway, @Nullable Report said, @Nullable Report last) {
    if (last != null
        && last.version() > version.version()
        && (said == null || said.step() == Step.ON_TRIAL)) {
      return new Line(gateway, Outcome.OVERTAKEN, "by configuration " + last.version());
    }
    if (said == null) {
      return new Line(gateway, Outcome.SILENT, "");
    }
    Outcome outcome =
        switch (said.step()) {
          case CONFIRMED -> Outcome.CONFIRMED;
          case RETURNED -> Outcome.RETURNED;
          case REFUSED -> Outcome.REFUSED;
          case ON_TRIAL -> Outcome.ON_TRIAL;
        };
    return new Line(gateway, outcome, said.detail());
  }
}
