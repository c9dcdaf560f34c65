package io.sluice.sim.audit.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Each figure of coverage, changed in one place alone, is found out. */
class CoverageConsistencyTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String PLACES = "month.sites month.models all sector site model";
  private static final List<String> MONTH =
      List.of("planned", "commissioned", "due", "filled", "good", "received", "timely");
  private static final List<String> WINDOW =
      List.of("expected", "connected", "reporting", "stopped");

  private final ObjectNode month = JSON.createObjectNode();
  private final ObjectNode all = answer(row(null, null, null, 3));
  private final ObjectNode sector =
      answer(row("farm", null, null, 1), row("factory", null, null, 2));
  private final ObjectNode site =
      answer(row("farm", "field", null, 1), row("factory", "hall", null, 2));
  private final ObjectNode model = answer(row(null, null, "probe", 1), row(null, null, "meter", 2));
  private String metrics =
      """
      # HELP sluice_coverage_ratio Coverage
      sluice_coverage_expected{sector="farm",site="field"} 4.0
      sluice_coverage_expected{sector="factory",site="hall"} 8.0
      sluice_coverage_ratio{kind="connection",sector="farm",site="field",window="now"} 0.75
      sluice_coverage_ratio{kind="completeness",sector="farm",site="field",window="1h"} 0.8
      sluice_coverage_ratio{kind="completeness",sector="farm",site="field",window="24h"} 0.1
      sluice_coverage_ratio{kind="reporting",sector="factory",site="hall",window="1h"} 0.75
      """;

  CoverageConsistencyTest() {
    month.set("sites", site.path("groups").deepCopy());
    month.set("models", model.path("groups").deepCopy());
  }

  private static ObjectNode answer(ObjectNode... rows) {
    ObjectNode answer = JSON.createObjectNode();
    answer.putArray("groups").addAll(List.of(rows));
    return answer;
  }

  private static ObjectNode row(String sector, String site, String model, int times) {
    ObjectNode row = JSON.createObjectNode();
    row.put("sector", sector).put("site", site).put("model", model);
    row.put("expected", 4 * times).put("connected", 3 * times).put("reporting", 3 * times);
    row.put("due", 100 * times).put("filled", 80 * times).put("good", 60 * times);
    row.put("received", 90 * times).put("timely", 45 * times).put("stopped", times);
    row.put("planned", 5 * times).put("commissioned", 4 * times).put("excludedSlots", times);
    row.put("connection", 0.75).put("reportingRatio", 0.75).put("completeness", 0.8);
    row.put("validity", 0.75).put("effective", 0.6).put("timeliness", 0.5).put("plan", 0.8);
    return row;
  }

  private List<String> faults() {
    return new CoverageConsistency(month, all, sector, site, model, metrics).faults();
  }

  private ObjectNode place(String name) {
    JsonNode rows =
        switch (name) {
          case "month.sites" -> month.path("sites");
          case "month.models" -> month.path("models");
          case "all" -> all.path("groups");
          case "sector" -> sector.path("groups");
          case "site" -> site.path("groups");
          default -> model.path("groups");
        };
    return (ObjectNode) rows.get(rows.size() - 1);
  }

  @Test
  void whatAgreesHasNoFault() {
    assertThat(faults()).isEmpty();
  }

  static Stream<List<String>> figures() {
    List<List<String>> figures = new ArrayList<>();
    for (String place : PLACES.split(" ", -1)) {
      MONTH.forEach(field -> figures.add(List.of(place, field)));
      if (!place.startsWith("month")) {
        WINDOW.forEach(field -> figures.add(List.of(place, field)));
      }
    }
    return figures.stream();
  }

  @ParameterizedTest
  @MethodSource("figures")
  void oneMoreAndOneLessIsFound(List<String> figure) {
    ObjectNode row = place(figure.getFirst());
    String field = figure.getLast();
    long was = row.path(field).asLong();
    row.put(field, was + 1);
    assertThat(faults()).isNotEmpty().anyMatch(fault -> fault.contains(field));
    row.put(field, was - 1);
    assertThat(faults()).isNotEmpty().anyMatch(fault -> fault.contains(field));
  }

  @ParameterizedTest
  @MethodSource("ratios")
  void aRatioThatIsNotThatOfItsPartsIsFound(List<String> ratio) {
    place(ratio.getFirst()).put(ratio.getLast(), 0.81234);
    assertThat(faults()).anyMatch(fault -> fault.contains(ratio.getLast()));
  }

  static Stream<List<String>> ratios() {
    return Stream.of(PLACES.split(" ", -1))
        .flatMap(place ->
            Stream.of(
                    "connection",
                    "reportingRatio",
                    "completeness",
                    "validity",
                    "effective",
                    "timeliness",
                    "plan")
                .map(ratio -> List.of(place, ratio)));
  }

  @Test
  void nothingOfNothingIsNull() {
    for (JsonNode row : site.path("groups")) {
      ((ObjectNode) row).put("due", 0).put("filled", 0).put("good", 0);
    }
    assertThat(faults())
        .anyMatch(fault -> fault.contains("completeness is 0.8, by its parts null"));
  }

  @Test
  void metricsThatSayOtherwiseAreFound() {
    metrics = metrics.replace("site=\"hall\"} 8.0", "site=\"hall\"} 9.0");
    assertThat(faults()).singleElement().asString().contains("metrics: expected of factory/hall");
    metrics =
        metrics.replace("\"} 9.0", "\"} 8.0").replace("window=\"1h\"} 0.8", "window=\"1h\"} 0.9");
    assertThat(faults()).singleElement().asString().contains("completeness of farm/field is 0.9");
  }

  @Test
  void aSiteThatOnlyTheMetricsKnowIsFound() {
    metrics += "sluice_coverage_expected{sector=\"farm\",site=\"ghost\"} 1.0\n";
    assertThat(faults()).singleElement().asString().contains("ghost");
  }
}
