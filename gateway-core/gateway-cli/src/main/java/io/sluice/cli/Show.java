package io.sluice.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** How values of the admin API look in tables. */
public final class Show {
  private Show() {}

  public static void json(JsonNode node, PrintWriter out) {
    out.println(AdminClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node));
    out.flush();
  }

  /** The text of a field; {@code -} where there is none. */
  public static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isMissingNode() || value.isNull() ? "-" : value.asString();
  }

  public static String number(JsonNode node, String field, String unit) {
    JsonNode value = node.path(field);
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f%s", value.asDouble(), unit) : "-";
  }

  /** A ratio as per cent. */
  public static String percent(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isNumber() ? String.format(Locale.ROOT, "%.1f %%", value.asDouble() * 100) : "-";
  }

  public static String time(JsonNode node, String field) {
    JsonNode micros = node.path(field);
    return micros.isNumber()
        ? Instant.EPOCH
            .plus(micros.asLong(), ChronoUnit.MICROS)
            .truncatedTo(ChronoUnit.SECONDS)
            .toString()
        : "-";
  }

  public static String bytes(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " B";
    }
    if (bytes < 1 << 20) {
      return String.format(Locale.ROOT, "%.1f KB", bytes / 1024.0);
    }
    return bytes < 1 << 30
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1048576.0)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1073741824.0);
  }
}
