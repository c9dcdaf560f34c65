package io.sluice.trial;

import io.sluice.sim.figures.FleetSnapshot;
import io.sluice.sim.fleet.FleetRun;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.scenario.Scenario;
import io.sluice.trial.audit.FleetAudit;
import io.sluice.trial.run.Known;
import io.sluice.trial.stage.Member;
import io.sluice.trial.stage.Stage;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Devices that roam over the gateways of a stage, to be looked at; at the end the audit. */
final class FleetDemo {
  private static final long LINE_SECONDS = 2;

  private final Stage stage;
  private final Scenario scenario;
  private final PrintStream out;

  FleetDemo(Stage stage, Scenario scenario, PrintStream out) {
    this.stage = stage;
    this.scenario = scenario;
    this.out = out;
  }

  /** Says where everything is. */
  static void addresses(Stage stage, PrintStream out) {
    out.println();
    out.println("fleet dashboard  " + stage.view() + "/  (behind HAProxy)");
    stage
        .views()
        .forEach(each -> out.println("  " + each + "        " + each.api().address() + "/"));
    out.println("gateways");
    stage
        .gateways()
        .forEach(each -> out.println("  " + each + "           " + each.api().address() + "/"));
    out.println("devices (MQTT)   " + stage.mqtt() + "  (behind HAProxy)");
    out.println("files            " + stage.directory());
    out.println();
  }

  /**
   * Plays for that time, or until it is interrupted.
   *
   * @return whether the audit holds
   * @throws InterruptedException where that comes before the devices begin
   */
  boolean run(Duration duration, Interruption interruption)
      throws IOException, InterruptedException {
    int devices = scenario.devices().size();
    out.printf("waiting until %d devices are known everywhere%n", devices);
    Known.await(stage, devices);
    addresses(stage, out);
    interruption.tellOnly();
    try (FleetRun fleet = FleetRun.start(scenario, new Endpoints(stage.mqtt(), null))) {
      long lines = 0;
      while (fleet.elapsedMillis() < duration.toMillis() && !interruption.await(LINE_SECONDS)) {
        out.println(line(fleet.snapshot(), lines++ % 5 == 0));
      }
      out.println("stopping the devices; what they were acknowledged is looked for in Kafka");
      fleet.stop();
      FleetAudit audit = FleetAudit.of(stage, fleet, 0);
      out.println();
      out.print(audit.text());
      fleet.refusals().forEach(refusal -> out.println("  refused: " + refusal));
      return audit.holds();
    }
  }

  private String line(FleetSnapshot now, boolean withCoverage) throws InterruptedException {
    List<String> sessions = new ArrayList<>();
    for (Member gateway : stage.gateways()) {
      sessions.add(gateway + " " + asked(gateway, "/api/v1/status", "/devices/connected"));
    }
    String text =
        "%d devices, %d connected (%s), %d changes of place | sent %d, acknowledged %d"
            .formatted(
                now.devices(),
                now.connected(),
                String.join(", ", sessions),
                now.moved(),
                now.sent(),
                now.acked());
    if (!withCoverage) {
      return text;
    }
    String ofAll = "/api/v1/coverage?window=1h&by=all";
    Member view = stage.views().getFirst();
    // reporting looks at the minute under way too, completeness at whole ones
    return "%s | reporting %s, completeness %s"
        .formatted(
            text,
            percent(asked(view, ofAll, "/groups/0/reportingRatio")),
            percent(asked(view, ofAll, "/groups/0/completeness")));
  }

  private static String percent(String ratio) {
    try {
      return "%.1f %%".formatted(100 * Double.parseDouble(ratio)).replace(',', '.');
    } catch (NumberFormatException e) {
      return ratio.toLowerCase(Locale.ROOT);
    }
  }

  private static String asked(Member member, String path, String at) throws InterruptedException {
    try {
      JsonNode value = member.api().get(path).at(at);
      return value.isMissingNode() || value.isNull() ? "-" : value.asString();
    } catch (IOException e) {
      return "away";
    }
  }
}
