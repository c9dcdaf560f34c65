package io.sluice.app.rollout;

import io.sluice.api.fleet.ConfigurationStore.Step;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway knows of the configurations that it took: one small file, replaced in one step.
 * Times are microseconds since the epoch. Not thread-safe.
 */
final class RolloutState {
  private static final String KNOWN = "known";
  private static final String TRIAL = "trial";
  private static final String BEFORE = "before";
  private static final String SECONDS = "trial.seconds";
  private static final String UNTIL = "trial.until";
  private static final String RESTART = "restart";
  private static final String STARTS = "restart.starts";
  private static final String UPSTREAMS = "trial.upstreams";
  private static final String FORGET_BUT = "forget.but";
  private static final String VERSION = "last.version";
  private static final String STEP = "last.step";
  private static final String DETAIL = "last.detail";
  private static final String BY = "last.by";
  private static final String SINCE = "last.since";
  private static final String UNTOLD = "untold";
  private static final String UNNOTED = "unnoted";
  private static final String TRUE = "true";

  /**
   * What became of the version that was looked at last.
   *
   * @param detail may be empty
   * @param by who pushed it; may be empty
   */
  record Last(long version, Step step, String detail, String by, long sinceMicros) {}

  private final Path file;
  private final Properties values = new Properties();

  private RolloutState(Path file) {
    this.file = file;
  }

  /** What the file says; nothing where there is none. */
  static RolloutState read(Path file) throws IOException {
    RolloutState state = new RolloutState(file);
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        state.values.load(reader);
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " is damaged; remove it: the gateway asks the fleet anew", e);
      }
    }
    return state;
  }

  void save() throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (Writer writer = Files.newBufferedWriter(fresh)) {
      values.store(writer, null);
    }
    try (FileChannel written = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    replace(fresh, file);
  }

  /** Puts a file or link in the place of another, for good when this returns. */
  static void replace(Path fresh, Path file) throws IOException {
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
      directory.force(true);
    }
  }

  /** The newest version that was looked at. */
  long known() {
    return number(KNOWN);
  }

  /** The version on trial; 0 where none is. */
  long onTrial() {
    return number(TRIAL);
  }

  /** The version that held before the one on trial; 0 where none did. */
  long before() {
    return number(BEFORE);
  }

  int trialSeconds() {
    return Math.clamp(number(SECONDS), 1, 3_600);
  }

  /** When the trial ends; 0 where that is not known yet. */
  long untilMicros() {
    return number(UNTIL);
  }

  void until(long micros) {
    values.setProperty(UNTIL, String.valueOf(micros));
  }

  /** Names of upstreams that have a place in the spool as a trial begins. */
  void upstreams(Collection<String> names) {
    values.setProperty(UPSTREAMS, String.join(" ", names));
  }

  /**
   * A trial was taken back: the places of upstreams that it alone had are to be given up.
   *
   * @return those whose places stay; null where nothing is to be given up
   */
  @Nullable Set<String> forgetBut() {
    String names = values.getProperty(FORGET_BUT);
    return names == null ? null : Set.of(names.split(" "));
  }

  void forgotten() {
    values.remove(FORGET_BUT);
  }

  /** As {@link #endTrial}, where it was taken back. */
  void takeBack() {
    String names = values.getProperty(UPSTREAMS);
    if (names != null) {
      values.setProperty(FORGET_BUT, names);
    }
    endTrial();
  }

  /** Whether the version on trial holds with a start only. */
  boolean isByRestart() {
    return values.containsKey(RESTART);
  }

  /** Whether that start has begun. */
  boolean isStarted() {
    return values.containsKey(STARTS);
  }

  void started() {
    values.setProperty(STARTS, TRUE);
  }

  void tryOut(long version, long held, String by, int seconds) {
    endTrial();
    values.setProperty(TRIAL, String.valueOf(version));
    values.setProperty(BEFORE, String.valueOf(held));
    values.setProperty(SECONDS, String.valueOf(seconds));
    by(by);
  }

  /** Who pushed the version that was looked at last; may be empty. */
  String by() {
    return values.getProperty(BY, "");
  }

  void by(String by) {
    values.setProperty(BY, by);
  }

  void restarting(Baseline before) {
    values.setProperty(RESTART, TRUE);
    before.writeTo(values);
  }

  Baseline baseline() {
    return Baseline.read(values);
  }

  void endTrial() {
    List.of(TRIAL, BEFORE, SECONDS, UNTIL, RESTART, STARTS, UPSTREAMS).forEach(values::remove);
    Baseline.remove(values);
  }

  /** What became of a version; the fleet and the audit log do not know it yet. */
  void say(long version, Step step, String detail, long nowMicros) {
    values.setProperty(KNOWN, String.valueOf(Math.max(version, known())));
    values.setProperty(VERSION, String.valueOf(version));
    values.setProperty(STEP, step.name());
    values.setProperty(DETAIL, detail);
    values.setProperty(SINCE, String.valueOf(nowMicros));
    values.setProperty(UNTOLD, TRUE);
    values.setProperty(UNNOTED, TRUE);
  }

  /** Null where no version was looked at yet. */
  @Nullable Last last() {
    String step = values.getProperty(STEP);
    return step == null
        ? null
        : new Last(
            number(VERSION),
            Step.valueOf(step),
            values.getProperty(DETAIL, ""),
            by(),
            number(SINCE));
  }

  /** What the fleet does not know yet; null where it knows all. */
  @Nullable Last untold() {
    return values.containsKey(UNTOLD) ? last() : null;
  }

  /** The fleet knows it. */
  void told(Last what) {
    if (what.equals(last())) {
      values.remove(UNTOLD);
    }
  }

  /** What the audit log does not have yet; null where it has all. */
  @Nullable Last unnoted() {
    return values.containsKey(UNNOTED) ? last() : null;
  }

  /** The audit log has it. */
  void noted() {
    values.remove(UNNOTED);
  }

  private long number(String key) {
    String text = values.getProperty(key, "0");
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}
