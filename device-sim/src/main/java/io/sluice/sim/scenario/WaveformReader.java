package io.sluice.sim.scenario;

import io.sluice.sim.device.SimMetric;
import io.sluice.sim.device.SimProfiles.Profile;
import io.sluice.sim.device.Waveform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code waveforms} of a group: how its metrics move, by name. */
final class WaveformReader {
  private WaveformReader() {}

  static Map<String, Waveform> read(YamlFields at, Profile profile) {
    YamlNode node = at.node("waveforms");
    Map<String, Waveform> waveforms = new LinkedHashMap<>();
    if (node == null) {
      return waveforms;
    }
    YamlFields fields = at.child("waveforms", node);
    List<String> metrics = profile.metrics().stream().map(SimMetric::name).toList();
    fields
        .entries()
        .forEach((metric, entry) -> {
          if (!profile.id().equals("plc") && !metrics.contains(metric)) {
            fields.fault(
                metric,
                "is no metric of profile " + profile.id(),
                "did you mean `" + YamlFields.nearest(metric, metrics) + "`?");
          } else {
            Waveform waveform = waveform(fields.child(metric, entry.value()));
            if (waveform != null) {
              waveforms.put(metric, waveform);
            }
          }
        });
    return waveforms;
  }

  private static @Nullable Waveform waveform(YamlFields at) {
    String kind = at.text("kind", null);
    return switch (kind) {
      case "daily" -> {
        at.only("kind", "mean", "amplitude", "peak-hour", "noise");
        yield new Waveform.Daily(
            at.number("mean", 0),
            at.number("amplitude", 1),
            at.number("peak-hour", 15),
            at.number("noise", 0));
      }
      case "weather" -> {
        at.only("kind", "mean", "amplitude", "peak-hour", "front", "noise", "low");
        yield new Waveform.Weather(
            at.number("mean", 0),
            at.number("amplitude", 1),
            at.number("peak-hour", 15),
            at.number("front", 1),
            at.number("noise", 0),
            at.number("low", -Double.MAX_VALUE));
      }
      case "tide" -> {
        at.only("kind", "mean", "amplitude", "noise");
        yield new Waveform.Tide(
            at.number("mean", 0), at.number("amplitude", 1), at.number("noise", 0));
      }
      case "shifts" -> {
        at.only("kind", "busy", "rest", "from", "to", "noise");
        yield new Waveform.Shifts(
            at.number("busy", 100),
            at.number("rest", 0),
            at.number("from", 6),
            at.number("to", 22),
            at.number("noise", 0));
      }
      case "walk" -> {
        at.only("kind", "low", "high", "period");
        double low = at.number("low", 0);
        double high = at.number("high", 100);
        if (low > high) {
          at.fault("low", "is above `high`", "write the lower one as `low`");
        }
        yield new Waveform.Walk(low, high, seconds(at, "period"));
      }
      case "drift" -> {
        at.only("kind", "start", "per-day", "noise");
        yield new Waveform.Drift(
            at.number("start", 0), at.number("per-day", 1), at.number("noise", 0));
      }
      case "steps" -> {
        at.only("kind", "levels", "dwell");
        yield new Waveform.Steps(levels(at), seconds(at, "dwell"));
      }
      case "counter" -> {
        at.only("kind", "initial", "per-hour");
        yield new Waveform.Counter(at.number("initial", 0), at.number("per-hour", 1));
      }
      case "constant" -> {
        at.only("kind", "value");
        yield new Waveform.Constant(at.number("value", 0));
      }
      default -> {
        if (at.has("kind")) {
          at.fault(
              "kind",
              "`" + kind + "` is no waveform",
              "write daily, weather, tide, shifts, walk, drift, steps, counter or constant");
        }
        yield null;
      }
    };
  }

  private static double seconds(YamlFields at, String key) {
    return at.duration(key, Duration.ofMinutes(1)).toMillis() / 1000d;
  }

  private static List<Double> levels(YamlFields at) {
    List<Double> levels = new ArrayList<>();
    for (String text : at.texts("levels")) {
      try {
        levels.add(Double.parseDouble(text));
      } catch (NumberFormatException e) {
        at.fault("levels", "`" + text + "` is not a number", "correct it");
      }
    }
    if (levels.isEmpty()) {
      at.fault("levels", "is empty", "write `levels: [0, 50, 100]`");
      levels.add(0d);
    }
    return levels;
  }
}
