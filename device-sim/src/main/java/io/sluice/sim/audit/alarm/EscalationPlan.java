package io.sluice.sim.audit.alarm;

import io.sluice.sim.scenario.DurationText;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * After how long a gateway escalates what nobody acknowledges, by severity of CAP 1.2 in small
 * letters; zero: never.
 */
public record EscalationPlan(Map<String, Duration> after) {
  private static final List<String> SEVERITIES = List.of("extreme", "severe", "moderate", "minor");

  /** As the gateway's documentation says of one that is not told otherwise. */
  public static final EscalationPlan DEFAULT =
      new EscalationPlan(
          Map.of(
              "extreme", Duration.ofMinutes(2),
              "severe", Duration.ofMinutes(5),
              "moderate", Duration.ofMinutes(30),
              "minor", Duration.ZERO));

  /**
   * Reads {@code extreme=20s,severe=1m}; what is not named is as by default.
   *
   * @throws IllegalArgumentException says what is wrong, with the remedy
   */
  public static EscalationPlan parse(String text) {
    Map<String, Duration> after = new LinkedHashMap<>(DEFAULT.after);
    for (String each : text.strip().split(",", -1)) {
      int equals = each.indexOf('=');
      String severity = each.substring(0, Math.max(0, equals)).strip().toLowerCase(Locale.ROOT);
      if (!SEVERITIES.contains(severity)) {
        throw new IllegalArgumentException(
            "--escalation `" + each + "` is not understood; write it like extreme=2m,severe=5m");
      }
      String time = each.substring(equals + 1).strip();
      after.put(severity, time.equals("0s") ? Duration.ZERO : DurationText.parse(time));
    }
    return new EscalationPlan(Map.copyOf(after));
  }

  /** Of a severity; Unknown is as Minor. */
  Duration of(String severity) {
    String name = severity.toLowerCase(Locale.ROOT);
    return after.getOrDefault(SEVERITIES.contains(name) ? name : "minor", Duration.ZERO);
  }
}
