package io.sluice.cli.offline;

import io.sluice.cli.AdminClient;
import io.sluice.cli.Show;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The lines of an audit log as JSON, for showing them; whether they hold is not asked. */
final class AuditLines {
  private AuditLines() {}

  /** The last event. */
  record Last(long seq, String time, String hash) {}

  /** Hands on each line as it stands and as it reads; one that does not read is passed over. */
  static void each(List<Path> files, BiConsumer<String, JsonNode> to) throws IOException {
    for (Path file : files) {
      try (BufferedReader reader = Files.newBufferedReader(file)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          JsonNode event = parsed(line);
          if (event != null) {
            to.accept(line, event);
          }
        }
      }
    }
  }

  private static @Nullable JsonNode parsed(String line) {
    try {
      return AdminClient.JSON.readTree(line);
    } catch (JacksonException e) {
      return null; // being written just now, or changed: audit verify says which
    }
  }

  static @Nullable Last last(List<Path> files) throws IOException {
    Last[] last = {null};
    for (Path file : files.reversed()) {
      each(
          List.of(file),
          (line, event) ->
              last[0] =
                  new Last(
                      event.path("seq").asLong(),
                      Show.text(event, "time"),
                      Show.text(event, "hash")));
      if (last[0] != null) {
        return last[0];
      }
    }
    return null;
  }
}
