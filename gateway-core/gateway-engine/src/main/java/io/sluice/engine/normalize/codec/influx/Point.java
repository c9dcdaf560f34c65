package io.sluice.engine.normalize.codec.influx;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One point of line protocol, as it is written. Used again for the next one; not thread-safe. */
final class Point {
  /**
   * A field.
   *
   * @param text without quotes and escapes
   * @param quoted whether it stood in quotes, and so is a string
   * @param at byte at which the value stands
   */
  record Value(String key, String text, boolean quoted, int at) {}

  String measurement = "";

  /** By key, so that a series has one name whatever the order. */
  final TreeMap<String, String> tags = new TreeMap<>();

  final List<Value> fields = new ArrayList<>();
  @Nullable String timestamp;
  int timestampAt;

  void clear() {
    measurement = "";
    tags.clear();
    fields.clear();
    timestamp = null;
  }
}
