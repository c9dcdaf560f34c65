package io.sluice.fleet.rollout;

import io.sluice.engine.config.ConfigNode;
import io.sluice.engine.config.ConfigNode.Kind;
import io.sluice.engine.config.ConfigNode.Mapping;
import io.sluice.engine.config.ConfigNode.Scalar;
import io.sluice.engine.config.ConfigNode.Sequence;
import io.sluice.engine.config.ConfigTree;
import io.sluice.engine.config.Faults;
import io.sluice.engine.config.PushedConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a configuration that is to be pushed: one file, or a folder with {@code sluice.yaml}
 * and what it names. Each gateway checks them whole; here is looked at what must not leave at all.
 */
public final class PushedFiles {
  static final int MAX_FILES = 500;
  static final int MAX_BYTES = 8 << 20;

  /** Keys whose values are secrets, in any section and in device files. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(.*[-.])?(password|passwords|token|tokens|secret|psk|credentials|jaas)([-.].*)?");

  /** What stands below credentials and is none. */
  private static final Set<String> NO_SECRET =
      Set.of("identity", "certificate", "certificate-authority", "public-key");

  private PushedFiles() {}

  /**
   * Reads a file or folder.
   *
   * @throws IOException where it cannot be read or is too much; the message names the place
   */
  public static SortedMap<String, byte[]> read(Path place) throws IOException {
    SortedMap<String, byte[]> files = new TreeMap<>();
    if (!Files.isDirectory(place)) {
      files.put(PushedConfiguration.FILE, bytes(place, 0));
      return files;
    }
    try (Stream<Path> inside = Files.walk(place)) {
      long total = 0;
      for (Path file : (Iterable<Path>) inside.sorted()::iterator) {
        Path name = place.relativize(file);
        if (isHidden(name) || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        if (files.size() == MAX_FILES) {
          throw new IOException(place + " has more than " + MAX_FILES + " files; push fewer");
        }
        byte[] content = bytes(file, total);
        total += content.length;
        files.put(name.toString(), content);
      }
    }
    if (!files.containsKey(PushedConfiguration.FILE)) {
      throw new IOException(
          place + " has no " + PushedConfiguration.FILE + "; write the sections to push into it");
    }
    return files;
  }

  private static boolean isHidden(Path name) {
    for (Path part : name) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static byte[] bytes(Path file, long before) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(file + " is no file; push files alone");
    }
    if (before + Files.size(file) > MAX_BYTES) {
      throw new IOException(
          file + ": all files together have more than " + (MAX_BYTES >> 20) + " MB; push fewer");
    }
    return Files.readAllBytes(file);
  }

  /** What is wrong with them: no YAML, sections that are a box's own, secrets. */
  public static Faults faults(SortedMap<String, byte[]> files) {
    Faults faults = new Faults();
    files.forEach((name, content) -> {
      if (name.endsWith(".yaml") || name.endsWith(".yml")) {
        ConfigNode root =
            ConfigTree.parse(
                name, new String(content, StandardCharsets.UTF_8), AnyVariable.INSTANCE, faults);
        if (name.equals(PushedConfiguration.FILE) && root instanceof Mapping sections) {
          rejectOwn(sections, faults);
        }
        rejectSecrets(root, false, faults);
      }
    });
    return faults;
  }

  private static void rejectOwn(Mapping sections, Faults faults) {
    for (String key : PushedConfiguration.OWN) {
      if (sections.get(key) != null) {
        faults.add(sections.fault(key, "is the box's own; take it out, and write it at the box"));
      }
    }
  }

  private static void rejectSecrets(@Nullable ConfigNode node, boolean isSecret, Faults faults) {
    switch (node) {
      case Scalar scalar when isSecret && isWritten(scalar) ->
          faults.add(
              scalar,
              "is a secret, which stays at the box; write ${NAME} for a variable of the box, or"
                  + " name a file of the box (-file)");
      case Sequence list -> list.items().forEach(item -> rejectSecrets(item, isSecret, faults));
      case Mapping mapping ->
          mapping
              .entries()
              .forEach((key, entry) ->
                  rejectSecrets(
                      entry.value(),
                      !NO_SECRET.contains(key)
                          && !key.endsWith("-file")
                          && (isSecret || SECRET.matcher(key).matches()),
                      faults));
      case null, default -> {}
    }
  }

  private static boolean isWritten(Scalar scalar) {
    return scalar.kind() == Kind.TEXT || scalar.kind() == Kind.NUMBER;
  }

  /** Which variables there are is known at the box alone. */
  private static final class AnyVariable extends AbstractMap<String, String> {
    static final Map<String, String> INSTANCE = new AnyVariable();

    @Override
    public String get(Object name) {
      return "of the box";
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
      return Collections.emptySet();
    }
  }
}
