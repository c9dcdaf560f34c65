package io.sluice.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** What the file upstream wrote: the far end, read back. */
record ArchiveFiles(Path directory) {
  /** Every record, in the order of the files and lines. */
  List<JsonNode> records() {
    List<JsonNode> records = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return records;
    }
    try (var files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        String text = Files.readString(file);
        // A line without its end is being written, or was when the process died.
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
          records.add(GatewayProcess.JSON.readTree(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return records;
  }

  /** Record id → record: what is left after a consumer has removed duplicates. */
  Map<String, JsonNode> byId() {
    Map<String, JsonNode> distinct = new TreeMap<>();
    records().forEach(record -> distinct.put(record.get("id").stringValue(), record));
    return distinct;
  }

  /** The value of a metric in each distinct record that has it. */
  List<Long> values(String metric) {
    List<Long> values = new ArrayList<>();
    for (JsonNode record : byId().values()) {
      for (JsonNode measurement : record.get("m")) {
        if (measurement.get("n").stringValue().equals(metric)) {
          values.add(measurement.get("v").longValue());
        }
      }
    }
    return values;
  }
}
