package io.sluice.engine.registry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads comma-separated values (RFC 4180): quoted fields may hold commas, quotes and line ends. */
final class CsvLines {
  /**
   * @param line where it begins, from 1
   */
  record Row(int line, List<String> fields) {}

  private final String text;
  private int at;
  private int line = 1;

  CsvLines(String text) {
    this.text = text;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
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
    while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
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
    // what stands between the closing quote and the comma belongs to the field
    return field.append(plain()).toString();
  }
}
