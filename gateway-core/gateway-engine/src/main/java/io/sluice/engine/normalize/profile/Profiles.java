package io.sluice.engine.normalize.profile;

import io.sluice.api.config.TextFile;
import io.sluice.engine.normalize.unit.OwnUnit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The device profiles of a gateway, by id. Immutable, thread-safe. */
public final class Profiles {
  /** No profiles at all: every field of every payload is kept, without unit. */
  public static final Profiles NONE = new Profiles(Map.of());

  private final Map<String, Profile> byId;

  private Profiles(Map<String, Profile> byId) {
    this.byId = byId;
  }

  /**
   * What became of loading.
   *
   * @param profiles those without fault
   * @param faults each as {@code FILE:LINE:COL: path: what is wrong; what to do}; empty where all
   *     is well
   * @param warnings of the same form: what is taken all the same
   */
  public record Loaded(Profiles profiles, List<String> faults, List<String> warnings) {}

  /**
   * Loads files, and of directories every {@code .yaml} and {@code .yml} in them, not below. All
   * faults are found in one pass.
   */
  public static Loaded load(List<Path> directoriesOrFiles) {
    return load(directoriesOrFiles, null);
  }

  /**
   * As {@link #load(List)}.
   *
   * @param dialects the dialects that a profile may name; null: any
   */
  public static Loaded load(List<Path> directoriesOrFiles, @Nullable Set<String> dialects) {
    return load(directoriesOrFiles, dialects, Map.of());
  }

  /**
   * As {@link #load(List, Set)}.
   *
   * @param units of all profiles, beside those of the table
   */
  public static Loaded load(
      List<Path> directoriesOrFiles, @Nullable Set<String> dialects, Map<String, OwnUnit> units) {
    List<String> faults = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    Map<String, Profile> byId = new LinkedHashMap<>();
    Map<String, Path> fileOf = new LinkedHashMap<>();
    for (Path file : files(directoriesOrFiles, faults)) {
      Profile profile = read(file, dialects, units, faults, warnings);
      if (profile != null && byId.putIfAbsent(profile.id(), profile) == null) {
        fileOf.put(profile.id(), file);
      } else if (profile != null) {
        faults.add(
            file
                + ":1:1: id: \""
                + profile.id()
                + "\" is also in "
                + fileOf.get(profile.id())
                + "; give each profile its own id");
      }
    }
    return new Loaded(
        new Profiles(new HashMap<>(byId)), List.copyOf(faults), List.copyOf(warnings));
  }

  private static List<Path> files(List<Path> directoriesOrFiles, List<String> faults) {
    List<Path> files = new ArrayList<>();
    for (Path each : directoriesOrFiles) {
      if (Files.isDirectory(each)) {
        try (Stream<Path> inside = Files.list(each)) {
          inside.filter(Profiles::isYaml).sorted().forEach(files::add);
        } catch (IOException e) {
          faults.add(
              each + ":1:1: cannot be listed (" + e.getMessage() + "); check its permissions");
        }
      } else {
        files.add(each);
      }
    }
    return files;
  }

  private static boolean isYaml(Path file) {
    String name = file.getFileName().toString();
    return (name.endsWith(".yaml") || name.endsWith(".yml")) && !Files.isDirectory(file);
  }

  private static @Nullable Profile read(
      Path file,
      @Nullable Set<String> dialects,
      Map<String, OwnUnit> units,
      List<String> faults,
      List<String> warnings) {
    String text;
    try {
      text = TextFile.decode(Files.readAllBytes(file));
    } catch (IOException e) {
      faults.add(
          file + ":1:1: cannot be read (" + e.getMessage() + "); check that it is there, in UTF-8");
      return null;
    }
    int before = faults.size();
    Profile profile = new ProfileReader(file, dialects, units, faults, warnings).read(text);
    return faults.size() == before ? profile : null;
  }

  /** The profile of that id, or null. */
  public @Nullable Profile find(String id) {
    return byId.get(id);
  }

  /** Id of a profile → the dialect that it names; of those that name one. */
  public Map<String, String> dialects() {
    Map<String, String> dialects = new HashMap<>();
    byId.forEach((id, profile) -> {
      String dialect = profile.dialect();
      if (dialect != null) {
        dialects.put(id, dialect);
      }
    });
    return dialects;
  }

  public Set<String> ids() {
    return Collections.unmodifiableSet(byId.keySet());
  }
}
