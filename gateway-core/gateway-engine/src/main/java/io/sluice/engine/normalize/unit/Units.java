package io.sluice.engine.normalize.unit;

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
    add(
        "length", "m", 1, "um", 1e-6, "mm", 1e-3, "cm", 1e-2, "km", 1e3, "in", 0.0254, "ft",
        0.3048);
    add("mass", "kg", 1, "g", 1e-3, "mg", 1e-6, "t", 1e3);
    add("time", "s", 1, "ms", 1e-3, "min", 60, "h", 3600, "d", 86_400);
    add("current", "A", 1, "mA", 1e-3, "uA", 1e-6, "kA", 1e3);
    add("voltage", "V", 1, "mV", 1e-3, "uV", 1e-6, "kV", 1e3);
    add("power", "W", 1, "mW", 1e-3, "kW", 1e3, "MW", 1e6);
    add("energy", "J", 1, "kJ", 1e3, "MJ", 1e6, "GJ", 1e9, "Wh", 3600, "kWh", 3.6e6, "MWh", 3.6e9);
    add("apparent power", "VA", 1, "kVA", 1e3);
    add("apparent energy", "VAs", 1, "VAh", 3600, "kVAh", 3.6e6);
    add("reactive power", "var", 1, "kvar", 1e3);
    add("reactive energy", "vars", 1, "varh", 3600, "kvarh", 3.6e6);
    add("charge", "C", 1, "Ah", 3600, "mAh", 3.6);
    add("frequency", "Hz", 1, "1/s", 1, "kHz", 1e3, "MHz", 1e6, "GHz", 1e9, "1/min", 1 / 60.0);
    add("frequency", "rpm", 1 / 60.0);
    add("pressure", "Pa", 1, "hPa", 100, "mbar", 100, "kPa", 1e3, "MPa", 1e6, "bar", 1e5);
    add("pressure", "psi", 6894.757293168, "mmHg", 133.322387415, "inHg", 3386.389);
    add("pressure", "mmH2O", 9.80665, "cmH2O", 98.0665, "mH2O", 9806.65);
    add("force", "N", 1, "kN", 1e3);
    add("resistance", "Ohm", 1, "mOhm", 1e-3, "kOhm", 1e3, "MOhm", 1e6);
    add("ratio", "/", 1, "%", 1e-2, "/100", 1e-2, "/1000", 1e-3, "ppm", 1e-6, "ppb", 1e-9);
    add("ratio", "ppt", 1e-12, "%RH", 1e-2);
    add("battery level", "%EL", 1);
    add("remaining battery", "EL", 1);
    add("explosive limit", "%LEL", 1);
    add("speed", "m/s", 1, "km/h", 1 / 3.6, "mm/s", 1e-3, "m/h", 1 / 3600.0, "mm/h", 1e-3 / 3600);
    add("speed", "kn", 1852 / 3600.0, "mph", 0.44704, "mm/min", 1e-3 / 60, "m/min", 1 / 60.0);
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
          "cd", "mol", "sr", "F", "S", "Wb", "T", "H", "lm", "lx", "Bq", "Gy", "Sv", "kat", "W/m2",
          "cd/m2", "lat", "lon", "pH", "dB", "dBW", "dBm", "Bspl", "count", "beats", "NTU"
        }) {
      add(single, single, 1);
    }
    KNOWN.put("K", new Unit("temperature", 1, 0));
    KNOWN.put("Cel", new Unit("temperature", 1, 273.15));
    KNOWN.put("degF", new Unit("temperature", 1 / 1.8, 273.15 - 32 / 1.8));
  }

  /** What people and devices write for a unit of the table, after {@link #plain}. */
  private static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("degC", "Cel"),
          Map.entry("oC", "Cel"),
          Map.entry("celsius", "Cel"),
          Map.entry("Celsius", "Cel"),
          Map.entry("oF", "degF"),
          Map.entry("fahrenheit", "degF"),
          Map.entry("Fahrenheit", "degF"),
          Map.entry("o", "deg"),
          Map.entry("degrees", "deg"),
          Map.entry("ohm", "Ohm"),
          Map.entry("ohms", "Ohm"),
          Map.entry("lux", "lx"),
          Map.entry("RH%", "%RH"),
          Map.entry("%rh", "%RH"),
          Map.entry("%r.H.", "%RH"),
          Map.entry("LEL%", "%LEL"),
          Map.entry("kph", "km/h"),
          Map.entry("kmh", "km/h"),
          Map.entry("r/min", "1/min"),
          Map.entry("RPM", "rpm"),
          Map.entry("sec", "s"),
          Map.entry("Kelvin", "K"));

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

  /**
   * The unit of the table that a text means: itself, or one of the usual spellings ({@code °C},
   * {@code mg/L}, {@code µS/cm}, {@code m³}).
   *
   * @return null where it means none
   */
  public static @Nullable String resolve(String text) {
    if (KNOWN.containsKey(text)) {
      return text;
    }
    String plain = plain(text);
    String meant = ALIASES.getOrDefault(plain, plain);
    return KNOWN.containsKey(meant) ? meant : null;
  }

  /** Without what a plain keyboard does not have, and with litres in lower case. */
  private static String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length() + 2);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\u00b5', '\u03bc' -> plain.append('u');
        case '\u00b2' -> plain.append('2');
        case '\u00b3' -> plain.append('3');
        case '\u03a9', '\u2126' -> plain.append("Ohm");
        case '\u00b0', '\u00ba' -> plain.append('o');
        case '\u2103' -> plain.append("oC");
        case '\u2109' -> plain.append("oF");
        case '\uff05' -> plain.append('%');
        case ' ', '\u00a0', '\u2009' -> {}
        case 'L' -> plain.append(isLitre(text, i) ? 'l' : c);
        default -> plain.append(c);
      }
    }
    return plain.toString();
  }

  /** An L at the end of a unit, alone or behind one prefix. */
  private static boolean isLitre(String text, int at) {
    boolean last = at + 1 == text.length() || text.charAt(at + 1) == '/';
    int start = text.lastIndexOf('/', at) + 1;
    return last && at - start <= 1;
  }

  /**
   * How a value with a unit beside it in a text turns into the metric's unit. There a lone {@code
   * C} or {@code F} is a temperature where the metric is one, and case counts only where it tells
   * units apart.
   *
   * @return null where the unit is not of the metric's kind
   */
  public static @Nullable Linear fromText(String given, String wanted) {
    if (given.equals(wanted)) {
      return Linear.IDENTITY; // so that a profile's own unit is one, too
    }
    String resolved = resolve(given);
    Linear conversion = resolved == null ? null : conversion(resolved, wanted);
    Unit target = KNOWN.get(wanted);
    if (conversion != null || target == null) {
      return conversion;
    }
    if (target.dimension.equals("temperature") && given.length() == 1) {
      return switch (given) {
        case "C", "c" -> conversion("Cel", wanted);
        case "F", "f" -> conversion("degF", wanted);
        default -> null;
      };
    }
    String same = sameButCase(given, target.dimension);
    return same == null ? null : conversion(same, wanted);
  }

  private static @Nullable String sameButCase(String given, String dimension) {
    String found = null;
    for (Map.Entry<String, Unit> known : KNOWN.entrySet()) {
      if (known.getKey().equalsIgnoreCase(given) && known.getValue().dimension.equals(dimension)) {
        if (found != null) {
          return null;
        }
        found = known.getKey();
      }
    }
    return found;
  }

  /** Units that turn into the given one. */
  public static Iterable<String> sameKind(String unit) {
    Unit known = KNOWN.get(unit);
    return known == null
        ? java.util.List.of()
        : KNOWN.entrySet().stream()
            .filter(other -> other.getValue().dimension.equals(known.dimension))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
  }

  /** Units that a text differs from by case alone, or by one letter too many at its end. */
  public static Iterable<String> sameLetters(String text) {
    return KNOWN.keySet().stream()
        .filter(unit ->
            unit.equalsIgnoreCase(text)
                || (unit.length() > 2
                    && text.length() == unit.length() + 1
                    && text.startsWith(unit)))
        .sorted()
        .toList();
  }

  /** How a value goes from one unit to the other, or null where it cannot. */
  public static @Nullable Linear conversion(String from, String to) {
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
