package io.sluice.sim.audit.coverage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Whether what a gateway says of coverage in several places is one and the same: every ratio that
 * of its numerator and denominator, every roll-up the sum of its parts, and the metrics what the
 * API says.
 *
 * @param month of {@code /api/v1/coverage/month}
 * @param byAll of {@code /api/v1/coverage?window=1h&by=all}, and so on
 * @param metrics of {@code /metrics}
 */
record CoverageConsistency(
    JsonNode month,
    JsonNode byAll,
    JsonNode bySector,
    JsonNode bySite,
    JsonNode byModel,
    String metrics) {
  private static final double TOLERANCE = 1e-6;
  private static final List<String> MONTH_SUMS =
      List.of(
          "planned",
          "commissioned",
          "due",
          "filled",
          "good",
          "received",
          "timely",
          "excludedSlots");
  private static final List<String> WINDOW_SUMS =
      List.of(
          "expected",
          "connected",
          "reporting",
          "due",
          "filled",
          "good",
          "received",
          "timely",
          "stopped",
          "planned",
          "commissioned");

  /** Numerators that their denominators hold. */
  private static final List<List<String>> PARTS =
      List.of(
          List.of("filled", "due"),
          List.of("good", "filled"),
          List.of("timely", "received"),
          List.of("connected", "expected"),
          List.of("reporting", "expected"));

  private static final List<List<String>> RATIOS =
      List.of(
          List.of("completeness", "filled", "due"),
          List.of("validity", "good", "filled"),
          List.of("timeliness", "timely", "received"),
          List.of("connection", "connected", "expected"),
          List.of("reportingRatio", "reporting", "expected"),
          List.of("plan", "commissioned", "planned"));

  private static final Pattern SERIES =
      Pattern.compile("(sluice_coverage_(?:ratio|expected))\\{([^}]*)} ([-0-9.eE+]+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** What differs, in words. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    rows(month.path("sites"), "month", faults);
    rows(month.path("models"), "month", faults);
    rows(byAll.path("groups"), "1h", faults);
    rows(bySector.path("groups"), "1h", faults);
    rows(bySite.path("groups"), "1h", faults);
    rows(byModel.path("groups"), "1h", faults);
    sums(MONTH_SUMS, month.path("sites"), month.path("models"), "month, sites and models", faults);
    JsonNode all = byAll.path("groups");
    sums(WINDOW_SUMS, all, bySector.path("groups"), "1h, all and by sector", faults);
    sums(WINDOW_SUMS, all, bySite.path("groups"), "1h, all and by site", faults);
    sums(WINDOW_SUMS, all, byModel.path("groups"), "1h, all and by model", faults);
    series(faults);
    return faults;
  }

  private static void rows(JsonNode rows, String what, List<String> faults) {
    for (JsonNode row : rows) {
      String name = what + " " + name(row);
      for (List<String> part : PARTS) {
        if (row.has(part.get(0))
            && row.path(part.get(0)).asLong() > row.path(part.get(1)).asLong()) {
          faults.add(
              "%s: %s is %s, of %s %s"
                  .formatted(
                      name,
                      part.get(0),
                      row.path(part.get(0)),
                      part.get(1),
                      row.path(part.get(1))));
        }
      }
      for (List<String> ratio : RATIOS) {
        if (row.has(ratio.get(0)) && row.has(ratio.get(1)) && row.has(ratio.get(2))) {
          long of = row.path(ratio.get(2)).asLong();
          Double expected = of == 0 ? null : (double) row.path(ratio.get(1)).asLong() / of;
          ratio(name + ": " + ratio.get(0), expected, number(row.path(ratio.get(0))), faults);
        }
      }
      Double effective = product(row.path("completeness"), row.path("validity"));
      if (row.has("effective") && effective != null) {
        ratio(name + ": effective", effective, number(row.path("effective")), faults);
      }
    }
  }

  private static String name(JsonNode row) {
    List<String> names = new ArrayList<>();
    for (String each : List.of("sector", "site", "model")) {
      if (row.path(each).isString()) {
        names.add(row.path(each).asString());
      }
    }
    return names.isEmpty() ? row.path("key").asString("") : String.join("/", names);
  }

  private static @Nullable Double product(JsonNode a, JsonNode b) {
    return a.isNumber() && b.isNumber() ? a.asDouble() * b.asDouble() : null;
  }

  private static @Nullable Double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : null;
  }

  private static void ratio(
      String name, @Nullable Double expected, @Nullable Double there, List<String> faults) {
    boolean isRight =
        (expected == null || there == null)
            ? (expected == null && there == null)
            : Math.abs(expected - there) <= TOLERANCE;
    if (!isRight) {
      faults.add(name + " is " + there + ", by its parts " + expected);
    }
  }

  private static void sums(
      List<String> fields, JsonNode some, JsonNode others, String what, List<String> faults) {
    for (String field : fields) {
      long one = sum(some, field);
      long other = sum(others, field);
      if (one != other) {
        faults.add("%s: %s add up to %,d and %,d".formatted(what, field, one, other));
      }
    }
  }

  private static long sum(JsonNode rows, String field) {
    long sum = 0;
    for (JsonNode row : rows) {
      sum += row.path(field).asLong(0);
    }
    return sum;
  }

  private void series(List<String> faults) {
    Map<String, JsonNode> sites = new HashMap<>();
    for (JsonNode row : bySite.path("groups")) {
      sites.put(name(row), row);
    }
    for (String line : metrics.lines().toList()) {
      Matcher series = SERIES.matcher(line);
      if (!series.matches()) {
        continue;
      }
      Map<String, String> labels = labels(series.group(2));
      JsonNode row = sites.get(labels.get("sector") + "/" + labels.get("site"));
      if (row == null) {
        faults.add("metrics: " + labels + " is a site that the API does not know");
        continue;
      }
      String field = field(series.group(1), labels);
      if (field != null) {
        ratio(
            "metrics: " + field + " of " + name(row),
            number(row.path(field)),
            Double.valueOf(series.group(3)),
            faults);
      }
    }
  }

  /** What the API calls a series; null for windows that are not compared. */
  private static @Nullable String field(String series, Map<String, String> labels) {
    if (series.endsWith("expected")) {
      return "expected";
    }
    String kind = labels.getOrDefault("kind", "");
    String window = labels.getOrDefault("window", "");
    boolean isOfNow = kind.equals("connection") || kind.equals("plan");
    if (!window.equals(isOfNow ? "now" : "1h")) {
      return null;
    }
    return kind.equals("reporting") ? "reportingRatio" : kind;
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    Matcher label = LABEL.matcher(text);
    while (label.find()) {
      labels.put(label.group(1), label.group(2).replace("\\\"", "\"").replace("\\\\", "\\"));
    }
    return labels;
  }
}
