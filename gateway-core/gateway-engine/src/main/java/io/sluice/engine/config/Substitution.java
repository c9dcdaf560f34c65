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

  private static final Pattern WHOLE = Pattern.compile("\\$\\{[^}\\n]*}");

  /** What would end a plain scalar in a flow mapping, and what stands for it (private use area). */
  private static final String INDICATORS = "{}[],#";

  private static final char FIRST_STAND_IN = '\uE000';

  private final Map<String, String> env;

  Substitution(Map<String, String> env) {
    this.env = env;
  }

  /**
   * Hides the braces of variables from the YAML parser, for which an unquoted one in {@code { ...
   * }} would end there. Keeps every column.
   */
  static String mask(String text) {
    return applies(text)
        ? WHOLE
            .matcher(text)
            .replaceAll(match -> Matcher.quoteReplacement(translate(match.group(), true)))
        : text;
  }

  static String unmask(String text) {
    return text.chars().anyMatch(Substitution::isStandIn) ? translate(text, false) : text;
  }

  private static String translate(String text, boolean mask) {
    StringBuilder translated = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int indicator = INDICATORS.indexOf(c);
      if (mask && indicator >= 0) {
        translated.setCharAt(i, (char) (FIRST_STAND_IN + indicator));
      } else if (!mask && isStandIn(c)) {
        translated.setCharAt(i, INDICATORS.charAt(c - FIRST_STAND_IN));
      }
    }
    return translated.toString();
  }

  private static boolean isStandIn(int c) {
    return c >= FIRST_STAND_IN && c < FIRST_STAND_IN + INDICATORS.length();
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
