package io.sluice.fleet.rollout;

import io.sluice.cli.config.GatewayFiles;
import io.sluice.cli.config.GatewayTypes;
import io.sluice.engine.config.PushedConfiguration;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks what is to be pushed by the loader that gateways of this version have, with an empty box
 * under it. What the box alone knows is left to it: variables, paths that name nothing pushed, and
 * types that this installation lacks.
 */
public final class PushCheck {
  private static final String BOX =
      """
      gateway: { id: check, data: ./var }
      upstreams: [ { name: archive, type: file, directory: ./archive } ]
      """;

  private static final Pattern FAULT = Pattern.compile("(.*?):(\\d+):\\d+: (.*)");

  private PushCheck() {}

  /** Whether listeners and sources can be checked here. */
  public static boolean knowsAdapters() {
    return !GatewayTypes.installed().listeners().isEmpty();
  }

  /**
   * What is wrong with them, each as {@code FILE:LINE:COL: path: what is wrong; what to do}.
   *
   * @param files relative path to content, as {@link PushedFiles#read} gives them
   */
  public static List<String> faults(SortedMap<String, byte[]> files) throws IOException {
    Path scratch = Files.createTempDirectory("sluice-push");
    try {
      Path box = Files.writeString(scratch.resolve("box.yaml"), BOX);
      Path pushed = Files.createDirectory(scratch.resolve("pushed"));
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        Path file = pushed.resolve(each.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, each.getValue());
      }
      StringWriter said = new StringWriter();
      if (GatewayFiles.load(box, pushed, new PrintWriter(said, true)) != null) {
        return List.of();
      }
      return said.toString().lines().flatMap(line -> ofPushed(line, pushed, files)).toList();
    } finally {
      remove(scratch);
    }
  }

  /** The fault with the name that its file was pushed by; nothing where it is the box's matter. */
  private static Stream<String> ofPushed(
      String line, Path pushed, SortedMap<String, byte[]> files) {
    Matcher fault = FAULT.matcher(line);
    if (!fault.matches() || !fault.group(1).startsWith(pushed + "/")) {
      return Stream.of();
    }
    String name = fault.group(1).substring(pushed.toString().length() + 1);
    String what = fault.group(3);
    boolean isOfBox =
        what.contains(": there is no ")
            || (name.equals(PushedConfiguration.FILE)
                && !knowsAdapters()
                && what.matches("(listeners|sources)\\b.*"))
            || text(files, name, Integer.parseInt(fault.group(2))).contains("${");
    return isOfBox ? Stream.of() : Stream.of(line.substring(pushed.toString().length() + 1));
  }

  private static String text(SortedMap<String, byte[]> files, String name, int line) {
    byte[] content = files.get(name);
    List<String> lines =
        content == null ? List.of() : new String(content, StandardCharsets.UTF_8).lines().toList();
    return line < 1 || line > lines.size() ? "" : lines.get(line - 1);
  }

  private static void remove(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> inside = Files.walk(folder)) {
      inside.forEach(all::add);
    }
    for (Path each : all.stream().sorted(Comparator.reverseOrder()).toList()) {
      Files.delete(each);
    }
  }
}
