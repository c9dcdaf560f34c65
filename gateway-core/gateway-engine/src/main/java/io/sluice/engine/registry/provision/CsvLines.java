package io.sluice.engine.registry.provision;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads separated values (RFC 4180): quoted fields may hold separators, quotes and line ends. The
 * separator is a comma, a semicolon or a tab, as the first line has it.
 */
final class CsvLines {
  /**
   * @param line where it begins, from 1
   */
  record Row(int line, List<String> fields) {}

  private static final String SEPARATORS = ",;\t";

  private final String text;
  private final char separator;
  private int at;
  private int line = 1;

  CsvLines(String text) {
    this.text = text;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
    this.separator = separator(text);
  }

  /**
   * That which the first line has most of: spreadsheets write a semicolon where the comma is the
   * decimal sign, or tabs. Names of columns hold none of them.
   */
  private static char separator(String text) {
    String first = text.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    char best = ',';
    long most = 0;
    for (int i = 0; i < SEPARATORS.length(); i++) {
      char candidate = SEPARATORS.charAt(i);
      long count = first.chars().filter(c -> c == candidate).count();
      if (count > most) {
        most = count;
        best = candidate;
      }
    }
    return best;
  }

  /** The next row that is not empty, null at the end. */
  @Nullable Row next() {
    while (at < text.length()) {
      int start = line;
      List<String> fields = row();
      if (fields.size() > 1 || !fields.getFirst().isBlank()) {
        return new Row(start, fields);
      }
    }
    return null;
  }

  private List<String> row() {
    List<String> fields = new ArrayList<>();
    while (true) {
      fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
      if (at >= text.length()) {
        return fields;
      }
      char end = text.charAt(at++);
      if (end == '\n') {
        line++;
        return fields;
      }
    }
  }

  private String plain() {
    int start = at;
    while (at < text.length() && text.charAt(at) != separator && text.charAt(at) != '\n') {
      at++;
    }
    return text.substring(start, at).strip();
  }

  private String quoted() {
    StringBuilder field = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        if (at >= text.length() || text.charAt(at) != '"') {
          break;
        }
        at++;
      } else if (c == '\n') {
        line++;
      }
      field.append(c);
    }
    // what stands between the closing quote and the separator belongs to the field
    return field.append(plain()).toString();
  }
}
