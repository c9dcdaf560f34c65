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
      case "daily" -> daily(at);
      case "weather" -> weather(at);
      case "tide" -> tide(at);
      case "shifts" -> shifts(at);
      case "walk" -> walk(at);
      case "drift" -> drift(at);
      case "steps" -> steps(at);
      case "counter" -> counter(at);
      case "constant" -> constant(at);
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

  private static Waveform daily(YamlFields at) {
    at.only("kind", "mean", "amplitude", "peak-hour", "noise");
    return new Waveform.Daily(
        at.number("mean", 0),
        at.number("amplitude", 1),
        at.number("peak-hour", 15),
        at.number("noise", 0));
  }

  private static Waveform weather(YamlFields at) {
    at.only("kind", "mean", "amplitude", "peak-hour", "front", "noise", "low");
    return new Waveform.Weather(
        at.number("mean", 0),
        at.number("amplitude", 1),
        at.number("peak-hour", 15),
        at.number("front", 1),
        at.number("noise", 0),
        at.number("low", -Double.MAX_VALUE));
  }

  private static Waveform tide(YamlFields at) {
    at.only("kind", "mean", "amplitude", "noise");
    return new Waveform.Tide(
        at.number("mean", 0), at.number("amplitude", 1), at.number("noise", 0));
  }

  private static Waveform shifts(YamlFields at) {
    at.only("kind", "busy", "rest", "from", "to", "noise");
    return new Waveform.Shifts(
        at.number("busy", 100),
        at.number("rest", 0),
        at.number("from", 6),
        at.number("to", 22),
        at.number("noise", 0));
  }

  private static Waveform walk(YamlFields at) {
    at.only("kind", "low", "high", "period");
    double low = at.number("low", 0);
    double high = at.number("high", 100);
    if (low > high) {
      at.fault("low", "is above `high`", "write the lower one as `low`");
    }
    return new Waveform.Walk(low, high, seconds(at, "period"));
  }

  private static Waveform drift(YamlFields at) {
    at.only("kind", "start", "per-day", "noise");
    return new Waveform.Drift(
        at.number("start", 0), at.number("per-day", 1), at.number("noise", 0));
  }

  private static Waveform steps(YamlFields at) {
    at.only("kind", "levels", "dwell");
    return new Waveform.Steps(levels(at), seconds(at, "dwell"));
  }

  private static Waveform counter(YamlFields at) {
    at.only("kind", "initial", "per-hour");
    return new Waveform.Counter(at.number("initial", 0), at.number("per-hour", 1));
  }

  private static Waveform constant(YamlFields at) {
    at.only("kind", "value");
    return new Waveform.Constant(at.number("value", 0));
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
