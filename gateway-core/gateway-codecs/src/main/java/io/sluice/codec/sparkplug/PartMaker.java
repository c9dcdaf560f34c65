package io.sluice.codec.sparkplug;

import io.sluice.api.MessageClass;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes parts of the gateway's of one payload: values that are live and such that are history stand
 * in parts of their own, and none has more values than a record keeps. Not thread-safe.
 */
final class PartMaker {
  /** Values of one part: a record keeps 4096. */
  static final int MAX_VALUES = 4_000;

  /** What becomes of a node or device, in the records of its births and deaths. */
  static final String ONLINE = "online";

  private static final int COMPOUND_MOST = 2_000;
  private static final long MICROS = 1_000;
  private static final long MAX_MILLIS = Long.MAX_VALUE / MICROS;

  private final ValueReader values = new ValueReader();
  private final MetricProperties properties = new MetricProperties();

  /**
   * Finds what the births say of each metric of a message.
   *
   * @throws PayloadException where one is named by nothing that a birth said
   */
  void resolve(Node node, Members members, Metrics metrics) throws PayloadException {
    for (int i = 0; i < metrics.count; i++) {
      metrics.known[i] = resolve(node, members, metrics, i);
    }
  }

  private static Known resolve(Node node, Members members, Metrics metrics, int i)
      throws PayloadException {
    boolean hasName = metrics.hasName(i);
    if (metrics.has(i, Metrics.ALIAS) && (members.isBorn || !hasName)) {
      long alias = metrics.alias[i];
      Node.Aliased found = members.isBorn ? node.aliases.get(alias) : null;
      if (found != null && found.of() == members) {
        if (hasName && !metrics.isNamed(i, found.metric().utf8)) {
          throw Wire.fault(
              metrics.place[i],
              "alias %s is \"%s\" by the birth and \"%s\" here"
                  .formatted(
                      Long.toUnsignedString(alias),
                      Births.brief(found.metric().name),
                      Births.brief(metrics.name(i))));
        }
        return found.metric();
      }
      if (!hasName) {
        throw Wire.fault(
            metrics.place[i],
            found == null
                ? "no birth names the alias " + Long.toUnsignedString(alias)
                : "alias %s is of %s and not of %s"
                    .formatted(
                        Long.toUnsignedString(alias), found.of().name(node), members.name(node)));
      }
    }
    if (!hasName) {
      throw Wire.fault(metrics.place[i], "a metric has neither name nor alias");
    }
    String name = metrics.name(i);
    Known known = members.isBorn ? members.byName.get(name) : null;
    if (known != null) {
      return known;
    }
    if (metrics.types[i] == DataType.UNKNOWN && !metrics.isNull(i)) {
      throw Wire.fault(
          metrics.place[i], "no birth tells the type of \"" + Births.brief(name) + '"');
    }
    return new Known(name, metrics.types[i], null);
  }

  List<Part> birth(Members members, Metrics metrics) {
    return birth(members, metrics, null);
  }

  /** The parts of a birth: that the device is there, and its values. */
  List<Part> birth(Members members, Metrics metrics, @Nullable String warning) {
    List<Part> made = new ArrayList<>(2);
    made.add(
        Part.of(
                out -> {
                  time(metrics.time, out);
                  out.put(ONLINE, true);
                })
            .ofDevice(members.ids)
            .as(MessageClass.STATE)
            .telling(Part.Life.BIRTH));
    add(members, metrics, warning, made);
    return made;
  }

  /** The parts of a message of data. */
  List<Part> data(Members members, Metrics metrics, @Nullable String warning) {
    List<Part> made = new ArrayList<>(1);
    add(members, metrics, warning, made);
    return made;
  }

  private void add(Members members, Metrics metrics, @Nullable String warning, List<Part> to) {
    add(members, metrics, 0, warning, to);
    add(members, metrics, Metrics.HISTORICAL, null, to);
  }

  private void add(
      Members members, Metrics metrics, int history, @Nullable String warning, List<Part> to) {
    int from = 0;
    int weight = 0;
    for (int i = 0; i < metrics.count; i++) {
      int own = isPut(metrics, i, history) ? weight(metrics, i) : 0;
      if (weight > 0 && weight + own > MAX_VALUES) {
        to.add(part(members, metrics, from, i, history, warning));
        from = i;
        weight = 0;
      }
      weight += own;
    }
    if (weight > 0) {
      to.add(part(members, metrics, from, metrics.count, history, warning));
    }
  }

  private Part part(
      Members members, Metrics metrics, int from, int to, int history, @Nullable String warning) {
    return Part.of(out -> put(metrics, from, to, history, warning, out))
        .ofDevice(members.ids)
        .as(MessageClass.TELEMETRY);
  }

  /** Whether a metric has a value of that kind, which is measured and not of the protocol. */
  private static boolean isPut(Metrics metrics, int i, int history) {
    Known known = metrics.known[i];
    return (metrics.flags[i] & Metrics.HISTORICAL) == history
        && !metrics.isNull(i)
        && known != null
        && !known.isOfProtocol;
  }

  /** How many values it becomes, at most or about. */
  private static int weight(Metrics metrics, int i) {
    int length =
        switch (metrics.valueField[i]) {
          case Metrics.DATA_SET, Metrics.TEMPLATE -> (metrics.valueEnd[i] - metrics.valueAt[i]) / 4;
          case Metrics.BYTES ->
              metrics.known[i] != null && type(metrics, i).isArray()
                  ? 8 * (metrics.valueEnd[i] - metrics.valueAt[i])
                  : 0;
          default -> 0;
        };
    return Math.clamp(length, 1, COMPOUND_MOST);
  }

  private static DataType type(Metrics metrics, int i) {
    Known known = metrics.known[i];
    DataType ofBirth = known == null ? DataType.UNKNOWN : known.type;
    return ofBirth == DataType.UNKNOWN ? metrics.types[i] : ofBirth;
  }

  private void put(
      Metrics metrics, int from, int to, int history, @Nullable String warning, MeasurementSink out)
      throws PayloadException {
    if (warning != null) {
      out.warn(warning);
    }
    boolean isFirst = true;
    long current = Metrics.NO_TIME;
    for (int i = from; i < to; i++) {
      Known known = metrics.known[i];
      if (known != null && isPut(metrics, i, history)) {
        long own = metrics.times[i] == Metrics.NO_TIME ? metrics.time : metrics.times[i];
        if (isFirst || own != current) {
          if (!isFirst) {
            out.sample();
          }
          time(own, out);
          current = own;
          isFirst = false;
        }
        put(metrics, i, known, history == 0, out);
      } else if (known != null && metrics.isNull(i) && history == 0) {
        known.remember(null);
      }
    }
    if (history != 0) {
      out.historical();
    }
  }

  private void put(Metrics metrics, int i, Known known, boolean isLive, MeasurementSink out)
      throws PayloadException {
    out.at(metrics.place[i]);
    properties.read(metrics, i);
    String unit = properties.unit == null ? known.unit : properties.unit;
    if (unit != null) {
      out.unit(unit);
    }
    if (properties.bad != null) {
      out.bad(properties.bad);
    }
    Object value = values.put(metrics, i, known.name, type(metrics, i), known, out);
    if (isLive) {
      known.remember(value);
    }
  }

  /** The parts of a death: all that it said last is stale. */
  void addDeath(Members members, long millis, List<Part> to) {
    List<Known> stale = members.byName.values().stream().filter(Known::hasValue).toList();
    int from = 0;
    do {
      List<Known> some = stale.subList(from, Math.min(stale.size(), from + MAX_VALUES));
      boolean isFirst = from == 0;
      to.add(
          Part.of(
                  out -> {
                    time(millis, out);
                    if (isFirst) {
                      out.put(ONLINE, false);
                    }
                    for (Known each : some) {
                      each.putStale(out);
                    }
                  })
              .ofDevice(members.ids)
              .as(MessageClass.STATE)
              .telling(Part.Life.DEATH));
      from += MAX_VALUES;
    } while (from < stale.size());
  }

  private static void time(long millis, MeasurementSink out) throws PayloadException {
    if (millis != Metrics.NO_TIME) {
      out.time(Math.clamp(millis, 0, MAX_MILLIS) * MICROS);
    }
  }
}
