package io.sluice.cli;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the output goes to, and how much room text takes there. */
final class Terminal {
  /** The width of what is no terminal: a pipe or a file takes every line whole. */
  static final int BOUNDLESS = Integer.MAX_VALUE;

  private static final int USUAL_COLUMNS = 80;
  private static final Pattern SIZE = Pattern.compile("\\d+ (\\d+)\\s*");
  private static final String ELLIPSIS = "…";

  private Terminal() {}

  @SuppressWarnings("SystemConsoleNull") // it is null again since 25 where there is no terminal
  static boolean isInteractive() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  /** Columns: those of the variable COLUMNS, else the terminal's. */
  static int columns() {
    String set = System.getenv("COLUMNS");
    if (set != null && set.matches("[1-9]\\d{1,4}")) {
      return Integer.parseInt(set);
    }
    return isInteractive() ? asked() : BOUNDLESS;
  }

  /** As {@code stty} has it; the usual 80 where it does not say. */
  private static int asked() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher size = SIZE.matcher(answer);
      boolean isKnown = stty.waitFor(1, TimeUnit.SECONDS) && size.matches();
      int columns = isKnown ? Integer.parseInt(size.group(1)) : 0;
      return columns > 0 ? columns : USUAL_COLUMNS;
    } catch (IOException e) {
      return USUAL_COLUMNS; // a system without stty
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL_COLUMNS;
    }
  }

  /** Text of others as it may be printed: control characters would steer the terminal. */
  static String printable(String text) {
    return text.codePoints().anyMatch(Character::isISOControl)
        ? text.codePoints()
            .map(c -> Character.isISOControl(c) ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
        : text;
  }

  /** Columns that a text takes. */
  static int width(String text) {
    return text.codePoints().map(Terminal::width).sum();
  }

  /** The text, shortened to so many columns at most. */
  static String cut(String text, int columns) {
    if (width(text) <= columns) {
      return text;
    }
    StringBuilder kept = new StringBuilder();
    int taken = 1;
    for (int character : text.codePoints().toArray()) {
      taken += width(character);
      if (taken > columns) {
        break;
      }
      kept.appendCodePoint(character);
    }
    return kept + ELLIPSIS;
  }

  /** 2 for East Asian wide and full-width characters (UAX 11), 0 for combining ones. */
  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean isWide =
        (c >= 0x1100 && c <= 0x115F)
            || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F)
            || (c >= 0xAC00 && c <= 0xD7A3)
            || (c >= 0xF900 && c <= 0xFAFF)
            || (c >= 0xFE30 && c <= 0xFE6F)
            || (c >= 0xFF00 && c <= 0xFF60)
            || (c >= 0xFFE0 && c <= 0xFFE6)
            || (c >= 0x1F300 && c <= 0x1FAFF)
            || (c >= 0x20000 && c <= 0x3FFFD);
    return isWide ? 2 : 1;
  }
}
