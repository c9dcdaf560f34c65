package io.sluice.engine.config;

import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables into scalars: {@code ${NAME}}, {@code ${NAME:-default}}; two dollar
 * signs before the brace stand for one dollar sign and the brace. Values are not looked at again.
 */
final class Substitution {
  private static final Pattern VARIABLE =
      Pattern.compile(
          "\\$\\$\\{|\\$\\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?<or>:-(?<default>[^}]*))?}|\\$\\{");

  private final Map<String, String> env;

  Substitution(Map<String, String> env) {
    this.env = env;
  }

  static boolean applies(String text) {
    return text.contains("${");
  }

  /**
   * @param problems takes what is wrong; what to do
   */
  String apply(String text, Consumer<String> problems) {
    return VARIABLE
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(replacement((Matcher) match, problems)));
  }

  private String replacement(Matcher match, Consumer<String> problems) {
    if (match.group().equals("$${")) {
      return "${";
    }
    String name = match.group("name");
    if (name == null) {
      problems.accept(
          "\"${\" begins no variable; write ${NAME} or ${NAME:-default}, or $${ for the characters"
              + " themselves");
      return "";
    }
    String value = env.get(name);
    if (value != null && !(value.isEmpty() && match.group("or") != null)) {
      return value;
    }
    if (match.group("or") != null) {
      return match.group("default");
    }
    problems.accept(
        "environment variable "
            + name
            + " is not set; set it, or give a default: ${"
            + name
            + ":-default}");
    return "";
  }
}
