package io.sluice.engine.config;

import io.sluice.engine.config.ConfigNode.Entry;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The configuration that a gateway took from its fleet, beside the one of the box. A section that
 * the fleet's file has stands in the place of the box's own; the sections of {@link #OWN} are the
 * box's alone. Paths in the fleet's file name what was pushed with it, or else what the box has, as
 * its own file would name it.
 */
public final class PushedConfiguration {
  /** The file in a pushed folder that has the sections. */
  public static final String FILE = "sluice.yaml";

  /** What a fleet cannot say for a box: who it is, and which fleet. */
  public static final Set<String> OWN = Set.of("gateway", "fleet");

  private PushedConfiguration() {}

  /** Where a gateway keeps what it took, in its data directory. */
  public static Path home(Path data) {
    return data.resolve("rollout");
  }

  /** The folder that holds now: a link that is replaced in one step. */
  public static Path current(Path home) {
    return home.resolve("current");
  }

  /**
   * The pushed folder that a configuration of the box is to be read with; null where it takes none,
   * or has none yet.
   *
   * @param directory that the box's paths start from
   */
  static @Nullable Path of(ConfigNode root, Path directory) {
    Path data = data(root, directory);
    Path folder = data == null ? null : current(home(data));
    return folder != null && Files.exists(folder.resolve(FILE)) ? folder : null;
  }

  /** The data directory of a box that takes configurations; null for others. */
  static @Nullable Path data(ConfigNode root, Path directory) {
    if (!(root instanceof Mapping box
        && box.get("fleet") instanceof Mapping fleet
        && fleet.get("configuration") instanceof Mapping configuration
        && configuration.get("take") instanceof Scalar take
        && take.text().equals("true"))) {
      return null;
    }
    try {
      return directory.resolve(data(box)).normalize();
    } catch (InvalidPathException e) {
      return null; // the key's own fault says so
    }
  }

  private static String data(Mapping box) {
    return box.get("gateway") instanceof Mapping gateway
            && gateway.get("data") instanceof Scalar data
            && !data.isAbsent()
        ? data.text()
        : "./var";
  }

  /** The box's configuration with the fleet's over it; null after a fault. */
  static @Nullable ConfigNode over(
      ConfigNode box, Path folder, Map<String, String> env, Faults faults) {
    ConfigNode pushed = ConfigTree.read(folder.resolve(FILE), env, faults);
    if (pushed == null || !(box instanceof Mapping own)) {
      return pushed == null ? null : box;
    }
    if (!(pushed instanceof Mapping sections)) {
      faults.add(pushed, "must be a mapping, not " + pushed.describe() + "; write sections");
      return null;
    }
    SequencedMap<String, Entry> entries = new LinkedHashMap<>(own.entries());
    sections
        .entries()
        .forEach((key, entry) -> {
          if (OWN.contains(key)) {
            faults.add(
                sections.fault(key, "is the box's own; take it out, and write it at the box"));
          } else {
            entries.put(key, entry);
          }
        });
    return new Mapping(own.location(), own.path(), entries);
  }
}
