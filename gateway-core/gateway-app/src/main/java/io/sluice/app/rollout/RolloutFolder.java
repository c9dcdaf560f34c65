package io.sluice.app.rollout;

import io.sluice.api.files.OwnerOnly;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.engine.config.PushedConfiguration;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The configurations that a gateway took, in its data directory: a folder for each version, a link
 * to the one that holds, and what is known of them. Each change of it is one rename, so that a
 * crash leaves the state before or after. Not thread-safe.
 */
final class RolloutFolder {
  private static final String STATE = "state";

  private final Path home;
  private final RolloutState state;

  private RolloutFolder(Path home, RolloutState state) {
    this.home = home;
    this.state = state;
  }

  static RolloutFolder open(Path data) throws IOException {
    Path home = PushedConfiguration.home(data);
    if (!Files.exists(home)) {
      Files.createDirectory(home, OwnerOnly.directory(home));
    }
    return new RolloutFolder(home, RolloutState.read(home.resolve(STATE)));
  }

  /** Whether a gateway with this data directory ever took anything. */
  static boolean isThere(Path data) {
    return Files.exists(PushedConfiguration.home(data).resolve(STATE));
  }

  /** The version that holds; 0 where none does. */
  long current() throws IOException {
    Path link = PushedConfiguration.current(home);
    return Files.isSymbolicLink(link) ? version(Files.readSymbolicLink(link)) : 0;
  }

  /** What is known; changed by this alone. */
  RolloutState state() {
    return state;
  }

  /** Keeps the files of a version beside those that hold. */
  Path write(long version, Map<String, byte[]> files) throws IOException {
    Path folder = folder(version);
    remove(folder);
    Files.createDirectory(folder, OwnerOnly.directory(folder));
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      Path file = inside(folder, each.getKey());
      Files.createDirectories(file.getParent());
      Files.createFile(file, OwnerOnly.file(file));
      Files.write(file, each.getValue(), StandardOpenOption.SYNC);
    }
    return folder;
  }

  private static Path inside(Path folder, String name) throws IOException {
    try {
      Path file = folder.resolve(name).normalize();
      if (file.startsWith(folder) && !file.equals(folder)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new IOException("\"" + name + "\" is no name of a file here", e);
    }
    throw new IOException("\"" + name + "\" leaves the pushed folder; push it without");
  }

  /**
   * Puts a version on trial: it holds from now on, and not after the next start.
   *
   * @param by who pushed it
   * @param upstreams names of those that have a place in the spool
   */
  void tryOut(long version, String by, int seconds, Collection<String> upstreams)
      throws IOException {
    state.tryOut(version, current(), by, seconds);
    state.upstreams(upstreams);
    state.save();
    point(version);
  }

  /** The version on trial was taken over, and is tried until then. */
  void taken(long untilMicros, long nowMicros) throws IOException {
    state.until(untilMicros);
    say(Step.ON_TRIAL, "", nowMicros);
  }

  /** The version on trial holds with the next start, and that one alone. */
  void restarting(Baseline before, String why, long nowMicros) throws IOException {
    state.restarting(before);
    say(Step.ON_TRIAL, why, nowMicros);
  }

  /** The start that a version waits for has come: it is the one try. */
  void starting() throws IOException {
    state.started();
    state.save();
    point(state.onTrial());
  }

  /** As if the version on trial had not been looked at. */
  void putBack() throws IOException {
    leaveTrial();
    state.save();
  }

  private void leaveTrial() throws IOException {
    point(state.before());
    state.endTrial();
  }

  /** The version on trial holds. */
  void confirm(long nowMicros) throws IOException {
    long version = state.onTrial();
    state.endTrial();
    state.say(version, Step.CONFIRMED, "", nowMicros);
    state.save();
    prune();
  }

  /** The version before the one on trial holds again. */
  void goBack(String why, long nowMicros) throws IOException {
    long version = state.onTrial();
    point(state.before());
    state.takeBack();
    state.say(version, Step.RETURNED, why, nowMicros);
    state.save();
    prune();
  }

  /**
   * A version is not taken.
   *
   * @param by who pushed it
   */
  void refuse(long version, String by, String why, long nowMicros) throws IOException {
    if (state.onTrial() == version) {
      leaveTrial();
    }
    state.by(by);
    state.say(version, Step.REFUSED, why, nowMicros);
    state.save();
    prune();
  }

  private void say(Step step, String detail, long nowMicros) throws IOException {
    state.say(state.onTrial(), step, detail, nowMicros);
    state.save();
  }

  private void point(long version) throws IOException {
    Path link = PushedConfiguration.current(home);
    if (version == 0) {
      Files.deleteIfExists(link);
      return;
    }
    Path fresh = home.resolve("current.new");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, Path.of(folder(version).getFileName().toString()));
    RolloutState.replace(fresh, link);
  }

  /** All folders but the one that holds go. */
  private void prune() throws IOException {
    long kept = current();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(home, "v*")) {
      for (Path each : folders) {
        if (version(each) != kept) {
          remove(each);
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private Path folder(long version) {
    return home.resolve("v" + version);
  }

  private static long version(Path folder) {
    String name = folder.getFileName().toString();
    return name.matches("v\\d{1,18}") ? Long.parseLong(name.substring(1)) : -1;
  }
}
