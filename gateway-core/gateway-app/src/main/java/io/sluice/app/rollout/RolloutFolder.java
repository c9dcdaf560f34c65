package io.sluice.app.rollout;

import io.sluice.api.files.OwnerOnly;
import io.sluice.api.fleet.ConfigurationStore.Step;
import io.sluice.engine.config.PushedConfiguration;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configurations that a gateway took, in its data directory: a folder for each version, a link
 * to the one that holds, and what is known of them. Each change of it is one rename, so that a
 * crash leaves the state before or after. Not thread-safe.
 */
final class RolloutFolder {
  private static final String STATE = "state";
  private static final String KNOWN = "known";
  private static final String TRIAL = "trial";
  private static final String BEFORE = "before";
  private static final String VERSION = "untold.version";
  private static final String STEP = "untold.step";
  private static final String DETAIL = "untold.detail";

  /**
   * What the fleet does not know yet.
   *
   * @param detail may be empty
   */
  record Untold(long version, Step step, String detail) {}

  private final Path home;
  private final Properties state = new Properties();

  private RolloutFolder(Path home) {
    this.home = home;
  }

  static RolloutFolder open(Path data) throws IOException {
    RolloutFolder folder = new RolloutFolder(PushedConfiguration.home(data));
    if (!Files.exists(folder.home)) {
      Files.createDirectory(folder.home, OwnerOnly.directory(folder.home));
    }
    Path file = folder.home.resolve(STATE);
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        folder.state.load(reader);
      } catch (IllegalArgumentException e) {
        throw new IOException(file + " is damaged; remove it: the gateway asks the fleet anew", e);
      }
    }
    return folder;
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

  /** The newest version that was looked at. */
  long known() {
    return number(KNOWN);
  }

  /** The version on trial; 0 where none is. */
  long onTrial() {
    return number(TRIAL);
  }

  @Nullable Untold untold() {
    String step = state.getProperty(STEP);
    return step == null
        ? null
        : new Untold(number(VERSION), Step.valueOf(step), state.getProperty(DETAIL, ""));
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

  /** Puts a version on trial: it holds from now on, and not after the next start. */
  void tryOut(long version) throws IOException {
    state.setProperty(TRIAL, String.valueOf(version));
    state.setProperty(BEFORE, String.valueOf(current()));
    save();
    point(version);
  }

  /** The version on trial was taken over. */
  void taken() throws IOException {
    say(onTrial(), Step.ON_TRIAL, "");
  }

  /** As if the version on trial had not been looked at. */
  void putBack() throws IOException {
    leaveTrial();
    save();
  }

  private void leaveTrial() throws IOException {
    point(number(BEFORE));
    state.remove(TRIAL);
    state.remove(BEFORE);
  }

  /** The version on trial holds. */
  void confirm() throws IOException {
    long version = onTrial();
    state.remove(TRIAL);
    state.remove(BEFORE);
    say(version, Step.CONFIRMED, "");
    prune();
  }

  /** The version before the one on trial holds again. */
  void goBack(String why) throws IOException {
    long version = onTrial();
    leaveTrial();
    say(version, Step.RETURNED, why);
    prune();
  }

  /** A version is not taken. */
  void refuse(long version, String why) throws IOException {
    if (onTrial() == version) {
      leaveTrial();
    }
    say(version, Step.REFUSED, why);
    prune();
  }

  /** The fleet knows it. */
  void told(Untold what) throws IOException {
    if (what.equals(untold())) {
      List.of(VERSION, STEP, DETAIL).forEach(state::remove);
      save();
    }
  }

  private void say(long version, Step step, String detail) throws IOException {
    state.setProperty(KNOWN, String.valueOf(Math.max(version, known())));
    state.setProperty(VERSION, String.valueOf(version));
    state.setProperty(STEP, step.name());
    state.setProperty(DETAIL, detail);
    save();
  }

  private void save() throws IOException {
    Path file = home.resolve(STATE);
    Path fresh = home.resolve(STATE + ".new");
    try (Writer writer = Files.newBufferedWriter(fresh)) {
      state.store(writer, null);
    }
    try (FileChannel written = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    replace(fresh, file);
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
    replace(fresh, link);
  }

  private void replace(Path fresh, Path file) throws IOException {
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel directory = FileChannel.open(home)) {
      directory.force(true);
    }
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

  private long number(String key) {
    String text = state.getProperty(key, "0");
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
  }
}
