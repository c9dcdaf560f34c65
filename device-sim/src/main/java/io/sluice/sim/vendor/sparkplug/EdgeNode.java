package io.sluice.sim.vendor.sparkplug;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Publication;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an edge node says, and keeps in mind between two messages: the number of its connection, the
 * sequence of its messages, the aliases of its last births, and what was written to it (Sparkplug
 * 3.0.0, sections 5 and 6.4). Each method makes the message that goes out next. Confined to one
 * thread.
 */
public final class EdgeNode {
  /** What can be written to a node or device, a double. */
  public static final String SETPOINT = "Outputs/Setpoint";

  static final String REBIRTH = "Node Control/Rebirth";
  private static final String SEQUENCE_OF_BIRTH = "bdSeq";
  private static final int NUMBERS = 256;

  private static final int INT64 = 4;
  private static final int DOUBLE = 10;
  private static final int BOOLEAN = 11;
  private static final int STRING = 12;

  private final DeviceSpec node;

  /** By device and metric; those of the last births. */
  private final Map<String, Long> aliases = new HashMap<>();

  private final Map<String, Double> setpoints = new HashMap<>();
  private long lastAlias;
  private int connection = -1;
  private int sequence;

  /**
   * @param node whose session it is
   */
  public EdgeNode(DeviceSpec node) {
    this.node = node;
  }

  /** The will of the next connection. */
  public Publication will(long nowMillis) {
    connection = (connection + 1) % NUMBERS;
    return death(nowMillis);
  }

  /** What it says itself before it leaves: the same as its will. */
  public Publication death(long nowMillis) {
    return message(
        "NDEATH", node, new ProtoBytes().whole(1, nowMillis).message(2, connection(nowMillis)));
  }

  /**
   * NBIRTH, behind which each device has to be born anew.
   *
   * @param fields of its own, empty where it measures nothing
   */
  public Publication birth(List<Field> fields, long nowMillis) {
    sequence = 0;
    aliases.clear();
    ProtoBytes payload = next(nowMillis);
    payload.message(2, connection(nowMillis));
    payload.message(
        2, new ProtoBytes().text(1, REBIRTH).whole(3, nowMillis).whole(4, BOOLEAN).whole(14, 0));
    metrics(payload, node, fields, nowMillis);
    return message("NBIRTH", node, payload);
  }

  /** DBIRTH. */
  public Publication birth(DeviceSpec device, List<Field> fields, long nowMillis) {
    ProtoBytes payload = next(nowMillis);
    metrics(payload, device, fields, nowMillis);
    return message("DBIRTH", device, payload);
  }

  private void metrics(ProtoBytes payload, DeviceSpec of, List<Field> fields, long nowMillis) {
    for (Field field : fields) {
      payload.message(2, born(of, field, nowMillis));
    }
    if (!fields.isEmpty()) {
      payload.message(
          2, born(of, new Field(SETPOINT, null, setpoints.getOrDefault(of.id(), 0.0)), nowMillis));
    }
  }

  private ProtoBytes born(DeviceSpec of, Field field, long nowMillis) {
    lastAlias++;
    aliases.put(key(of, field.name()), lastAlias);
    ProtoBytes metric =
        new ProtoBytes()
            .text(1, field.name())
            .whole(2, lastAlias)
            .whole(3, nowMillis)
            .whole(4, type(field.value()));
    if (field.unit() != null) {
      ProtoBytes unit = new ProtoBytes().whole(1, STRING).text(8, field.unit());
      metric.message(9, new ProtoBytes().text(1, "engUnit").message(2, unit));
    }
    return value(metric, field.value());
  }

  /**
   * NDATA or DDATA, by aliases alone.
   *
   * @param isHistory whether it was measured before the birth, and stored
   */
  public Publication data(DeviceSpec of, Sample sample, boolean isHistory, long nowMillis) {
    ProtoBytes payload = next(isHistory ? nowMillis : sample.micros() / 1000);
    for (Field field : sample.fields()) {
      payload.message(2, changed(of, field, sample.micros() / 1000, isHistory));
    }
    return message(of.id().equals(node.id()) ? "NDATA" : "DDATA", of, payload);
  }

  /** The answer to a command that wrote the setpoint. */
  public Publication written(DeviceSpec of, long nowMillis) {
    ProtoBytes payload = next(nowMillis);
    Field field = new Field(SETPOINT, null, setpoints.getOrDefault(of.id(), 0.0));
    payload.message(2, changed(of, field, nowMillis, false));
    return message(of.id().equals(node.id()) ? "NDATA" : "DDATA", of, payload);
  }

  private ProtoBytes changed(DeviceSpec of, Field field, long millis, boolean isHistory) {
    Long alias = aliases.get(key(of, field.name()));
    if (alias == null) {
      throw new IllegalStateException(of.id() + " was not born with " + field.name());
    }
    ProtoBytes metric = new ProtoBytes().whole(2, alias).whole(3, millis);
    if (isHistory) {
      metric.whole(5, 1);
    }
    return value(metric, field.value());
  }

  /** DDEATH. */
  public Publication death(DeviceSpec device, long nowMillis) {
    return message("DDEATH", device, next(nowMillis));
  }

  /** Whether a topic is that of commands for that device. */
  public boolean isFor(DeviceSpec of, String topic) {
    return topic.equals(Sparkplug.topic(node, of.id().equals(node.id()) ? "NCMD" : "DCMD", of));
  }

  /** Whether a command asks the node for its births. */
  public boolean wantsRebirth(String topic, List<Order> orders) {
    return isFor(node, topic)
        && orders.stream()
            .anyMatch(order -> REBIRTH.equals(order.name()) && Boolean.TRUE.equals(order.value()));
  }

  /** Does what a command to that device says; whether it said anything that can be done. */
  public boolean write(DeviceSpec of, List<Order> orders) {
    boolean isWritten = false;
    for (Order order : orders) {
      Long alias = aliases.get(key(of, SETPOINT));
      boolean isMeant = SETPOINT.equals(order.name()) || (alias != null && alias == order.alias());
      if (isMeant && order.value() instanceof Number value) {
        setpoints.put(of.id(), value.doubleValue());
        isWritten = true;
      }
    }
    return isWritten;
  }

  private ProtoBytes next(long millis) {
    ProtoBytes payload = new ProtoBytes().whole(1, millis).whole(3, sequence);
    sequence = (sequence + 1) % NUMBERS;
    return payload;
  }

  private ProtoBytes connection(long nowMillis) {
    return new ProtoBytes()
        .text(1, SEQUENCE_OF_BIRTH)
        .whole(3, nowMillis)
        .whole(4, INT64)
        .whole(11, Math.max(0, connection));
  }

  private static String key(DeviceSpec of, String metric) {
    return of.id() + "/" + metric;
  }

  private static int type(Object value) {
    return switch (value) {
      case Long _ -> INT64;
      case Double _ -> DOUBLE;
      case Boolean _ -> BOOLEAN;
      default -> STRING;
    };
  }

  private static ProtoBytes value(ProtoBytes metric, Object value) {
    return switch (value) {
      case Long whole -> metric.whole(11, whole);
      case Double real -> metric.real(13, real);
      case Boolean flag -> metric.whole(14, flag ? 1 : 0);
      default -> metric.text(15, value.toString());
    };
  }

  private Publication message(String type, DeviceSpec of, ProtoBytes payload) {
    return new Publication(Sparkplug.topic(node, type, of), payload.done(), false, null);
  }
}
