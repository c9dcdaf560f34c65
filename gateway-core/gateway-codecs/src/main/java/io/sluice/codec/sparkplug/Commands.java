package io.sluice.codec.sparkplug;

import io.sluice.api.Command;
import io.sluice.api.Downlink;
import io.sluice.codec.sparkplug.SparkplugTopic.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands to nodes and their devices: sections 6.4.22 and 6.4.25 of the specification. A
 * command's payload is an object of metrics and their values, {@code {"Outputs/Lamp": true}}, or
 * the value of the metric that the command is named for. Each metric has the type of its birth, and
 * its alias where that gave one, else its name. Stateless.
 */
final class Commands {
  static final String REBIRTH = "Node Control/Rebirth";

  /** Name of the command that asks for a node's births. */
  private static final String ASKS_REBIRTH = "rebirth";

  private static final int QOS = 0;
  private static final long MICROS = 1_000;

  private Commands() {}

  /** Asks a node for its births. */
  static Downlink rebirth(Node node, long nowMicros) {
    WireWriter metric =
        new WireWriter()
            .text(1, REBIRTH)
            .number(3, nowMicros / MICROS)
            .number(4, DataType.BOOLEAN.ordinal())
            .number(Metrics.BOOLEAN, 1);
    byte[] payload = new WireWriter().number(1, nowMicros / MICROS).message(2, metric).toBytes();
    return new Downlink(
        SparkplugTopic.text(node.group, Kind.NCMD, node.node, null), payload, QOS, false);
  }

  /** A command in the form of its node; null where no birth of this session names its metrics. */
  static @Nullable Downlink write(Command command, Collection<Node> nodes, long nowMicros) {
    for (Node node : nodes) {
      if (node.own.isBorn) {
        Members members = members(node, command.device().value());
        if (members != null) {
          return write(command, node, members, nowMicros);
        }
      }
    }
    return null;
  }

  private static @Nullable Members members(Node node, String id) {
    if (node.own.ids.contains(id)) {
      return node.own;
    }
    for (Members device : node.devices.values()) {
      if (device.isBorn && device.ids.contains(id)) {
        return device;
      }
    }
    return null;
  }

  private static @Nullable Downlink write(
      Command command, Node node, Members members, long nowMicros) {
    if (command.name().equals(ASKS_REBIRTH) && members.device == null) {
      return rebirth(node, nowMicros);
    }
    WireWriter payload = new WireWriter().number(1, nowMicros / MICROS);
    if (!addAll(command, node, members, nowMicros / MICROS, payload)) {
      return null;
    }
    Kind kind = members.device == null ? Kind.NCMD : Kind.DCMD;
    return new Downlink(
        SparkplugTopic.text(node.group, kind, node.node, members.device),
        payload.toBytes(),
        QOS,
        false);
  }

  private static boolean addAll(
      Command command, Node node, Members members, long millis, WireWriter to) {
    Object said = JsonValues.read(new String(command.payload(), StandardCharsets.UTF_8));
    if (said == null) {
      return false;
    }
    if (!(said instanceof Map<?, ?> metrics)) {
      return add(named(command.name(), members), said, node, millis, to);
    }
    for (Map.Entry<?, ?> each : metrics.entrySet()) {
      Known metric = named(String.valueOf(each.getKey()), members);
      if (!add(metric, Objects.requireNonNull(each.getValue()), node, millis, to)) {
        return false;
      }
    }
    return !metrics.isEmpty();
  }

  /** A command's name cannot have a slash or a space: a dot and a low line stand for them. */
  private static @Nullable Known named(String name, Members members) {
    Known exact = members.byName.get(name);
    if (exact != null) {
      return exact;
    }
    for (Known each : members.byName.values()) {
      if (each.name.replace('/', '.').replace(' ', '_').equals(name)) {
        return each;
      }
    }
    return null;
  }

  private static boolean add(
      @Nullable Known metric, Object value, Node node, long millis, WireWriter to) {
    if (metric == null) {
      return false;
    }
    WireWriter within = new WireWriter();
    Long alias = metric.name.equals(REBIRTH) ? null : node.aliasOf(metric);
    if (alias == null) {
      within.text(1, metric.name);
    } else {
      within.number(2, alias);
    }
    within.number(3, millis).number(4, metric.type.ordinal());
    if (!addValue(metric.type, value, within)) {
      return false;
    }
    to.message(2, within);
    return true;
  }

  private static boolean addValue(DataType type, Object value, WireWriter to) {
    if (value.equals(JsonValues.NULL)) {
      to.number(7, 1);
      return true;
    }
    return switch (value) {
      case Boolean truth -> addTruth(type, truth, to);
      case String text -> addText(type, text, to);
      case BigDecimal number -> addNumber(type, number, to);
      default -> false;
    };
  }

  private static boolean addTruth(DataType type, boolean truth, WireWriter to) {
    if (type == DataType.BOOLEAN) {
      to.number(Metrics.BOOLEAN, truth ? 1 : 0);
    }
    return type == DataType.BOOLEAN;
  }

  private static boolean addText(DataType type, String text, WireWriter to) {
    boolean isText = type == DataType.STRING || type == DataType.TEXT || type == DataType.UUID;
    if (isText) {
      to.text(Metrics.STRING, text);
    }
    return isText;
  }

  private static boolean addNumber(DataType type, BigDecimal number, WireWriter to) {
    switch (type) {
      case FLOAT -> to.float32(Metrics.FLOAT, number.floatValue());
      case DOUBLE -> to.float64(Metrics.DOUBLE, number.doubleValue());
      case INT8, INT16, INT32, UINT8, UINT16, UINT32 -> {
        BigInteger whole = whole(number, type);
        if (whole == null) {
          return false;
        }
        to.number(Metrics.INT, whole.longValue() & 0xFFFF_FFFFL);
      }
      case INT64, UINT64, DATE_TIME -> {
        BigInteger whole = whole(number, type);
        if (whole == null) {
          return false;
        }
        to.number(Metrics.LONG, whole.longValue());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The integer where the type holds it, else null. */
  private static @Nullable BigInteger whole(BigDecimal value, DataType type) {
    if (value.stripTrailingZeros().scale() > 0) {
      return null;
    }
    BigInteger number = value.toBigInteger();
    int bits =
        switch (type) {
          case INT8, UINT8 -> 8;
          case INT16, UINT16 -> 16;
          case INT32, UINT32 -> 32;
          default -> 64;
        };
    boolean isSigned =
        switch (type) {
          case INT8, INT16, INT32, INT64 -> true;
          default -> false;
        };
    boolean holds =
        isSigned ? number.bitLength() < bits : number.signum() >= 0 && number.bitLength() <= bits;
    return holds ? number : null;
  }
}
