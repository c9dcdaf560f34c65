package io.sluice.cli.offline;

import io.sluice.cli.AdminClient;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a check of a configuration says, as JSON. */
public final class Findings {
  private static final String WARNING = "warning: ";
  private static final Pattern PLACED = Pattern.compile("(.+?):([0-9]{1,9}):([0-9]{1,9}): (.*)");

  private Findings() {}

  /**
   * The whole answer.
   *
   * @param said the lines of the text form
   */
  public static ObjectNode json(Path file, boolean isOk, String said) {
    ObjectNode answer = AdminClient.JSON.createObjectNode();
    answer.put("file", file.toString()).put("ok", isOk);
    ArrayNode findings = answer.putArray("findings");
    said.lines().forEach(line -> findings.add(finding(line)));
    return answer;
  }

  /** A line of the text form, taken apart. */
  private static ObjectNode finding(String line) {
    boolean isWarning = line.startsWith(WARNING);
    String text = isWarning ? line.substring(WARNING.length()) : line;
    ObjectNode finding = AdminClient.JSON.createObjectNode();
    finding.put("level", isWarning ? "warning" : "fault");
    Matcher placed = PLACED.matcher(text);
    if (placed.matches()) {
      finding.put("file", placed.group(1));
      finding.put("line", Integer.parseInt(placed.group(2)));
      finding.put("column", Integer.parseInt(placed.group(3)));
      finding.put("text", placed.group(4));
    } else {
      finding.put("text", text);
    }
    return finding;
  }
}
