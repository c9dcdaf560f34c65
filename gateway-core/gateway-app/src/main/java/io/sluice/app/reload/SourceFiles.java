package io.sluice.app.reload;

import io.sluice.api.fleet.FleetSettings;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.config.SecretFiles;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.config.PushedConfiguration;
import io.sluice.engine.dialect.DialectPlaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files that a gateway is told by, and what was in them at one time. Immutable. */
public final class SourceFiles {
  /** What a file tells of. */
  public enum Kind {
    CONFIGURATION,
    /** The configuration that came from the fleet. */
    PUSHED,
    PROFILE,
    DIALECT,
    SCRIPT,
    DEVICES;

    /** Whether it says how messages are understood. */
    public boolean isOfVocabulary() {
      return this == PROFILE || this == DIALECT || this == SCRIPT;
    }
  }

  /** One file. */
  public record Source(Kind kind, Path file) implements Comparable<Source> {
    private static final Comparator<Source> ORDER =
        Comparator.comparing(Source::kind).thenComparing(Source::file);

    @Override
    public int compareTo(Source other) {
      return ORDER.compare(this, other);
    }

    String name() {
      return String.valueOf(file.getFileName());
    }
  }

  /** In the place of the digest of a file that was changed while it was read. */
  private static final String UNKNOWN = "unknown";

  /** How much coarser the clock of a file system may be than the one that times are asked of. */
  private static final long CLOCK_MILLIS = 20;

  private final SortedMap<Source, String> digests;

  private SourceFiles(SortedMap<Source, String> digests) {
    this.digests = digests;
  }

  /**
   * What the files have in them now.
   *
   * @param file the configuration's
   * @param readMillis when the gateway began to read them: what changed since is not what it knows
   */
  public static SourceFiles look(Path file, GatewayConfig config, long readMillis) {
    long now = System.currentTimeMillis();
    SortedMap<Source, String> digests = new TreeMap<>();
    for (Source source : list(file, config)) {
      digests.put(source, digest(source.file(), readMillis - CLOCK_MILLIS, now));
    }
    return new SourceFiles(digests);
  }

  /** What the files have in them now, whenever they were changed. */
  public static SourceFiles look(Path file, GatewayConfig config) {
    return look(file, config, Long.MAX_VALUE);
  }

  /**
   * What the files have in them now that they were read.
   *
   * @param before as they were before: what is the same was so while they were read
   */
  public static SourceFiles look(
      Path file, GatewayConfig config, long readMillis, SourceFiles before) {
    SortedMap<Source, String> digests = new TreeMap<>(look(file, config, readMillis).digests);
    look(file, config)
        .digests
        .forEach((source, digest) -> {
          if (digest.equals(before.digests.get(source))) {
            digests.put(source, digest);
          }
        });
    return new SourceFiles(digests);
  }

  private static String digest(Path file, long from, long to) {
    try {
      String digest = SecretFiles.sha256(file);
      long changed = changedMillis(file);
      return changed >= from && changed <= to ? UNKNOWN : digest;
    } catch (UncheckedIOException | IOException e) {
      return UNKNOWN; // being replaced: what it has is told when it is read next
    }
  }

  /** When it was written or put there: one that is moved there has kept the time of its text. */
  private static long changedMillis(Path file) throws IOException {
    long written = Files.getLastModifiedTime(file).toMillis();
    try {
      return Files.getAttribute(file, "unix:ctime") instanceof FileTime put
          ? Math.max(written, put.toMillis())
          : written;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return written; // no file system of Unix
    }
  }

  /** All files, as they stand there now. */
  static List<Source> list(Path file, GatewayConfig config) {
    List<Source> sources = new ArrayList<>();
    sources.add(new Source(Kind.CONFIGURATION, file));
    if (config.section(FleetSettings.class).takesConfiguration()) {
      // both sections are the box's own: nothing of the file has to be read for it
      Path home = PushedConfiguration.home(config.gateway().data());
      Path pushed = PushedConfiguration.current(home).resolve(PushedConfiguration.FILE);
      if (Files.exists(pushed)) {
        sources.add(new Source(Kind.PUSHED, pushed));
      }
    }
    List<Path> places =
        config.profiles().isEmpty() ? List.of(GatewayFiles.shippedProfiles()) : config.profiles();
    for (Path place : places) {
      gather(place, Kind.PROFILE, sources);
      Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
      if (folder != null) {
        gather(folder.resolveSibling("codecs"), Kind.SCRIPT, sources);
      }
    }
    DialectPlaces dialects = DialectPlaces.beside(places, GatewayFiles.shippedDialects());
    gather(dialects.shipped(), Kind.DIALECT, sources);
    dialects.own().forEach(place -> gather(place, Kind.DIALECT, sources));
    config.devices().forEach(each -> sources.add(new Source(Kind.DEVICES, each)));
    return sources.stream().distinct().toList();
  }

  private static void gather(Path place, Kind kind, List<Source> into) {
    if (Files.isRegularFile(place)) {
      into.add(new Source(kind, place));
    }
    if (!Files.isDirectory(place)) {
      return;
    }
    try (Stream<Path> inside = Files.list(place)) {
      inside.forEach(file -> {
        String name = file.getFileName().toString();
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
          into.add(new Source(kind, file));
        } else if (name.endsWith(".js")) {
          into.add(new Source(Kind.SCRIPT, file));
        }
      });
    } catch (IOException e) {
      throw new UncheckedIOException(place + " cannot be listed: " + e.getMessage(), e);
    }
  }

  /**
   * How the files of the vocabulary look from outside: equal where none was changed. Cheap: reads
   * none of them.
   */
  public static String stamp(Path file, GatewayConfig config) {
    StringBuilder stamp = new StringBuilder();
    for (Source source : list(file, config)) {
      if (source.kind().isOfVocabulary()) {
        stamp.append(source.file()).append(' ');
        try {
          BasicFileAttributes found =
              Files.readAttributes(source.file(), BasicFileAttributes.class);
          stamp
              .append(found.lastModifiedTime().to(TimeUnit.NANOSECONDS))
              .append(' ')
              .append(found.size())
              .append(' ')
              .append(found.fileKey());
        } catch (IOException e) {
          stamp.append("missing"); // while an editor replaces it
        }
        stamp.append('\n');
      }
    }
    return stamp.toString();
  }

  /** Those that have something else in them than before, and those that came or went. */
  public List<Change> since(SourceFiles before) {
    SortedMap<Source, Change> changes = new TreeMap<>();
    digests.forEach((source, digest) -> {
      String was = before.digests.get(source);
      if (was == null) {
        changes.put(source, new Change(source, "added"));
      } else if (!was.equals(digest) || digest.equals(UNKNOWN)) {
        changes.put(source, new Change(source, "changed"));
      }
    });
    before.digests.keySet().stream()
        .filter(source -> !digests.containsKey(source))
        .forEach(source -> changes.put(source, new Change(source, "removed")));
    return List.copyOf(changes.values());
  }

  /**
   * @param what {@code added}, {@code changed} or {@code removed}
   */
  public record Change(Source source, String what) {
    @Override
    public String toString() {
      String kind = source.kind().name().toLowerCase(Locale.ROOT);
      return kind + " file " + source.name() + " " + what;
    }
  }

  /** Whether any of the vocabulary was changed while it was read. */
  public boolean isVocabularyUnknown() {
    return digests.entrySet().stream()
        .anyMatch(each -> each.getKey().kind().isOfVocabulary() && each.getValue().equals(UNKNOWN));
  }

  /** As this, but for the files of the vocabulary, which are as the others'. */
  public SourceFiles withVocabularyOf(SourceFiles others) {
    SortedMap<Source, String> both = new TreeMap<>(digests);
    both.keySet().removeIf(source -> source.kind().isOfVocabulary());
    others.digests.forEach((source, digest) -> {
      if (source.kind().isOfVocabulary()) {
        both.put(source, digest);
      }
    });
    return new SourceFiles(both);
  }

  /** SHA-256 over kind, name and content of all; null where it is not known of any. */
  public @Nullable String sha256() {
    if (digests.containsValue(UNKNOWN)) {
      return null;
    }
    StringBuilder all = new StringBuilder();
    digests.entrySet().stream()
        .map(each ->
            each.getKey().kind() + " " + shown(each.getKey()) + " " + each.getValue() + "\n")
        .sorted()
        .forEach(all::append);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(all.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What the configuration itself is called does not matter. */
  private static String shown(Source source) {
    return source.kind() == Kind.CONFIGURATION ? "" : source.name();
  }
}
