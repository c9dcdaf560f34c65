package io.sluice.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.sluice.sim.FleetRunTest.Mosquitto;
import io.sluice.sim.audit.Verdict;
import io.sluice.sim.audit.alarm.AlarmAudit;
import io.sluice.sim.audit.alarm.AlarmBookAudit;
import io.sluice.sim.audit.coverage.CoverageAudit;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.report.Course;
import io.sluice.sim.report.Course.Point;
import io.sluice.sim.report.RunReport;
import io.sluice.sim.scenario.Scenario;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class RunReportTest {
  @TempDir Path folder;

  private FleetRun run(Mosquitto broker) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("scenario.yaml"),
            """
            name: "<b>plant & co</b>"
            groups:
              - { profile: cnc, count: 3, id: "a-{n}", interval: 10ms }
            faults:
              - { kind: slow, at: 100ms, for: 200ms, delay: 20ms }
            """);
    return FleetRun.start(Scenario.load(file), new Endpoints(broker.uri(), null));
  }

  @Test
  void thePageIsWholeAndNeedsNothingElse() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder);
        FleetRun run = run(broker)) {
      Course course = new Course(run, ProcessHandle.current()::pid);
      Awaitility.await().until(() -> run.snapshot().acked() > 50);
      course.look();
      Awaitility.await().until(() -> run.snapshot().acked() > 150);
      course.look();
      run.stop();
      String page =
          new RunReport(run, course, null, null, null, List.of(), true, List.of("a < b")).html();
      assertThat(page)
          .contains("&lt;b&gt;plant &amp; co&lt;/b&gt; <span class=\"good\">holds</span>")
          .contains("class=\"band\"", "slow", "p99.9", "<li>a &lt; b")
          .doesNotContain("<script", "href=", "src=", "NaN", "Infinity");
      String svg = page.substring(page.indexOf("<svg"), page.indexOf("</svg>") + 6);
      assertThat(
              DocumentBuilderFactory.newInstance()
                  .newDocumentBuilder()
                  .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
                  .getDocumentElement()
                  .getTagName())
          .isEqualTo("svg");
      Point last = course.points().getLast();
      assertThat(last.acked()).isGreaterThan(150);
      assertThat(last.gatewayBytes()).isPositive();
      assertThat(last.gatewayDescriptors()).isPositive();
      assertThat(course.latencies().getTotalCount()).isGreaterThan(150);
    }
  }

  @Test
  void aFaultOfTheAlarmBookIsInEveryReport() throws Exception {
    String fault = "a-1: alarm \"smoke\" of point 7 is open, though the device ended it";
    AlarmBookAudit.Result book =
        new AlarmBookAudit.Result(
            1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, Map.of("a-1", Map.of("x", 1L)), List.of(fault));
    Verdict told =
        new Verdict("notifications", Map.of("posts", 3L), Map.of(), List.of("a-1 is told twice"));
    CoverageAudit.Result coverage =
        new CoverageAudit.Result(List.of(), List.of(), List.of(), List.of(), "not compared");
    GatewayAudits.Result gateway =
        new GatewayAudits.Result(coverage, new AlarmAudit.Result(book, List.of(told)), null, true);
    try (Mosquitto broker = Mosquitto.start(folder);
        FleetRun run = run(broker)) {
      Course course = new Course(run, () -> null);
      course.look();
      run.stop();
      RunOutcome outcome =
          new RunOutcome(run, course, null, new Histogram(3), gateway, null, List.of("none"));
      assertThat(outcome.exitCode()).isEqualTo(SimCommand.AUDIT_FAILED);
      outcome.write(folder, Map.of());
    }
    assertThat(Files.readString(folder.resolve("report.txt")))
        .contains("alarm book: NOT AS IT WAS", fault)
        .contains("notifications: NOT AS IT WAS", "a-1 is told twice");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("<h2>Notifications</h2>", "a-1 is told twice")
        .contains("<h2>Alarm book</h2>", "ended, yet open", fault.replace("\"", "&quot;"));
    String json = Files.readString(folder.resolve("report.json"));
    assertThat(new JsonMapper().readTree(json).path("alarmBookHolds").asBoolean(true)).isFalse();
    assertThat(json).contains("the alarm book is not as it was", "smoke");
    assertThat(
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(
                    Files.readString(Path.of("../config/schema/report.schema.json")),
                    InputFormat.JSON)
                .validate(json, InputFormat.JSON))
        .isEmpty();
  }

  @Test
  void aLongCourseKeepsItsLengthInBoundedMemory() throws Exception {
    try (Mosquitto broker = Mosquitto.start(folder);
        FleetRun run = run(broker)) {
      Course course = new Course(run, () -> null);
      for (int second = 0; second < 5_000; second++) {
        course.look();
      }
      assertThat(course.points()).hasSizeLessThan(1_800).hasSizeGreaterThan(900);
      assertThat(course.points().getLast().atMillis())
          .isGreaterThan(course.points().getFirst().atMillis());
    }
  }
}
