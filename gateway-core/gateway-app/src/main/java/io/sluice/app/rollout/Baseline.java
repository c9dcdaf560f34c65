package io.sluice.app.rollout;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How a gateway was before a change: what a trial is measured by, also across a restart.
 *
 * @param fault why it was not ready; null where it was
 * @param upstreams name to what was wrong with it; empty where nothing was
 * @param rate messages accepted a second
 */
record Baseline(@Nullable String fault, Map<String, String> upstreams, double rate) {
  private static final String FAULT = "baseline.fault";
  private static final String UPSTREAM = "baseline.upstream.";
  private static final String RATE = "baseline.rate";

  Baseline {
    upstreams = Map.copyOf(upstreams);
  }

  void writeTo(Properties state) {
    remove(state);
    if (fault != null) {
      state.setProperty(FAULT, fault);
    }
    upstreams.forEach((name, trouble) -> state.setProperty(UPSTREAM + name, trouble));
    state.setProperty(RATE, String.valueOf(rate));
  }

  static Baseline read(Properties state) {
    Map<String, String> upstreams = new HashMap<>();
    for (String key : state.stringPropertyNames()) {
      if (key.startsWith(UPSTREAM)) {
        upstreams.put(key.substring(UPSTREAM.length()), state.getProperty(key));
      }
    }
    return new Baseline(state.getProperty(FAULT), upstreams, rate(state.getProperty(RATE, "0")));
  }

  private static double rate(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 0; // a rate that is not known is missed by nobody
    }
  }

  static void remove(Properties state) {
    state.keySet().removeIf(key -> String.valueOf(key).startsWith("baseline."));
  }
}
