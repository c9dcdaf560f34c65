package io.sluice.engine.normalize;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Units and how they turn into each other: the IANA SenML units registry (RFC 8428 section 12.1,
 * RFC 8798 secondary units), and some that vendors use, such as {@code degF}, {@code bar} and
 * {@code uS/cm}.
 */
public final class Units {
  private static final double SNAP = 1e-12;
  private static final Map<String, Unit> KNOWN = new HashMap<>();

  /** A value in base units is {@code value * factor + offset}. */
  private record Unit(String dimension, double factor, double offset) {}

  static {
    add("length", "m", 1, "mm", 1e-3, "cm", 1e-2, "km", 1e3, "in", 0.0254, "ft", 0.3048);
    add("mass", "kg", 1, "g", 1e-3, "mg", 1e-6, "t", 1e3);
    add("time", "s", 1, "ms", 1e-3, "min", 60, "h", 3600, "d", 86_400);
    add("current", "A", 1, "mA", 1e-3, "uA", 1e-6, "kA", 1e3);
    add("voltage", "V", 1, "mV", 1e-3, "uV", 1e-6, "kV", 1e3);
    add("power", "W", 1, "mW", 1e-3, "kW", 1e3, "MW", 1e6);
    add("energy", "J", 1, "kJ", 1e3, "MJ", 1e6, "Wh", 3600, "kWh", 3.6e6, "MWh", 3.6e9);
    add("apparent power", "VA", 1, "kVA", 1e3);
    add("apparent energy", "VAs", 1, "VAh", 3600, "kVAh", 3.6e6);
    add("reactive power", "var", 1, "kvar", 1e3);
    add("reactive energy", "vars", 1, "varh", 3600, "kvarh", 3.6e6);
    add("charge", "C", 1, "Ah", 3600, "mAh", 3.6);
    add("frequency", "Hz", 1, "1/s", 1, "kHz", 1e3, "MHz", 1e6, "GHz", 1e9, "1/min", 1 / 60.0);
    add("frequency", "rpm", 1 / 60.0);
    add("pressure", "Pa", 1, "hPa", 100, "mbar", 100, "kPa", 1e3, "MPa", 1e6, "bar", 1e5);
    add("pressure", "psi", 6894.757293168, "mmHg", 133.322387415);
    add("ratio", "/", 1, "%", 1e-2, "/100", 1e-2, "/1000", 1e-3, "ppm", 1e-6, "ppb", 1e-9);
    add("ratio", "ppt", 1e-12, "%RH", 1e-2);
    add("battery level", "%EL", 1);
    add("remaining battery", "EL", 1);
    add("explosive limit", "%LEL", 1);
    add("speed", "m/s", 1, "km/h", 1 / 3.6, "mm/s", 1e-3, "m/h", 1 / 3600.0, "mm/h", 1e-3 / 3600);
    add("speed", "kn", 1852 / 3600.0, "mph", 0.44704);
    add("acceleration", "m/s2", 1, "gn", 9.80665);
    add("area", "m2", 1, "ha", 1e4);
    add("volume", "m3", 1, "l", 1e-3, "ml", 1e-6, "gal", 0.003785411784);
    add("flow", "m3/s", 1, "l/s", 1e-3, "m3/h", 1 / 3600.0, "l/min", 1e-3 / 60, "l/h", 1e-3 / 3600);
    add("concentration", "kg/m3", 1, "g/l", 1, "mg/l", 1e-3, "ug/l", 1e-6, "mg/m3", 1e-6);
    add("concentration", "ug/m3", 1e-9);
    add("conductivity", "S/m", 1, "uS/cm", 1e-4, "mS/cm", 0.1, "dS/m", 0.1);
    add("angle", "rad", 1, "deg", Math.PI / 180);
    add("data", "bit", 1, "B", 8, "KiB", 8192, "kB", 8e3, "MB", 8e6, "GB", 8e9);
    add("data rate", "bit/s", 1, "kbit/s", 1e3, "Mbit/s", 1e6, "B/s", 8, "MB/s", 8e6);
    add("energy per distance", "J/m", 1, "Wh/km", 3.6);
    add("heart beats a minute", "beat/min", 1);
    for (String single :
        new String[] {
          "cd", "mol", "sr", "N", "F", "Ohm", "S", "Wb", "T", "H", "lm", "lx", "Bq", "Gy", "Sv",
          "kat", "W/m2", "cd/m2", "lat", "lon", "pH", "dB", "dBW", "dBm", "Bspl", "count", "beats",
          "NTU"
        }) {
      add(single, single, 1);
    }
    KNOWN.put("K", new Unit("temperature", 1, 0));
    KNOWN.put("Cel", new Unit("temperature", 1, 273.15));
    KNOWN.put("degF", new Unit("temperature", 1 / 1.8, 273.15 - 32 / 1.8));
  }

  private Units() {}

  private static void add(String dimension, Object... unitsAndFactors) {
    for (int i = 0; i < unitsAndFactors.length; i += 2) {
      double factor = ((Number) unitsAndFactors[i + 1]).doubleValue();
      KNOWN.put((String) unitsAndFactors[i], new Unit(dimension, factor, 0));
    }
  }

  public static boolean isKnown(String unit) {
    return KNOWN.containsKey(unit);
  }

  static Iterable<String> names() {
    return KNOWN.keySet();
  }

  /** How a value goes from one unit to the other, or null where it cannot. */
  static @Nullable Linear conversion(String from, String to) {
    if (from.equals(to)) {
      return Linear.IDENTITY;
    }
    Unit source = KNOWN.get(from);
    Unit target = KNOWN.get(to);
    if (source == null || target == null || !source.dimension.equals(target.dimension)) {
      return null;
    }
    double factor = snap(source.factor / target.factor);
    double add = (source.offset - target.offset) / target.factor;
    return Linear.of(factor, add);
  }

  /** Takes the noise out of factors that are integers or their inverses. */
  private static double snap(double factor) {
    double whole = Math.rint(factor);
    if (whole != 0 && Math.abs(factor - whole) < SNAP * factor) {
      return whole;
    }
    double inverse = Math.rint(1 / factor);
    return inverse != 0 && Math.abs(1 / factor - inverse) < SNAP * inverse ? 1 / inverse : factor;
  }
}
