package io.sluice.codec.sparkplug;

import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.PayloadExplainer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Explains a payload of Sparkplug B by the names of {@code sparkplug_b.proto}. Thread-safe. */
public final class SparkplugExplainer implements PayloadExplainer {
  private static final int MAX_LINES = 100_000;
  private static final int MAX_DEPTH = 16;
  private static final int TEXT_CHARS = 80;
  private static final int HEX_BYTES = 32;
  private static final long LAST_MILLIS = 253_402_300_799_999L;

  @Override
  public String protocol() {
    return "sparkplug";
  }

  @Override
  public Explanation explain(byte[] payload, String topic) {
    Walk walk = new Walk(payload);
    String fault = null;
    try {
      walk.message(ProtoMessage.PAYLOAD, 0);
      walk.lines.add(
          "%d bytes, %d metric%s"
              .formatted(payload.length, walk.metrics, walk.metrics == 1 ? "" : "s"));
    } catch (PayloadException e) {
      fault = e.getMessage();
    }
    if (fault == null) {
      walk.lines.addAll(SparkplugRules.broken(payload, topic));
    }
    return new Explanation(walk.lines, fault);
  }

  /** One reading of one payload. */
  private static final class Walk {
    private final Wire wire = new Wire();
    private final byte[] payload;
    private final List<String> lines = new ArrayList<>();
    private int metrics;

    private Walk(byte[] payload) {
      this.payload = payload;
      wire.over(payload);
    }

    private void message(ProtoMessage message, int depth) throws PayloadException {
      DataType type = DataType.UNKNOWN;
      while (wire.next()) {
        if (lines.size() == MAX_LINES || depth == MAX_DEPTH) {
          throw Wire.fault(wire.place, "has more fields, or deeper ones, than are explained");
        }
        ProtoMessage.Field field = message.field(wire.field);
        if (field != null && field.isType() && wire.type == Wire.VARINT) {
          int place = wire.place;
          long number = wire.number();
          type = DataType.of(Math.clamp(number, -1, 99));
          line(place, depth, field, number + " (" + type.word() + ")");
        } else {
          one(field, type, depth);
        }
      }
    }

    private void one(ProtoMessage.@Nullable Field field, DataType type, int depth)
        throws PayloadException {
      int place = wire.place;
      if (field == null) {
        line(place, depth, "field " + wire.field, "is none of Sparkplug B; left out");
        wire.skip();
        return;
      }
      ProtoMessage within = field.message();
      if (within != null) {
        int outer = wire.enter();
        line(place, depth, field, (wire.end() - wire.at()) + " bytes");
        metrics += within == ProtoMessage.METRIC && depth == 0 ? 1 : 0;
        message(within, depth + 1);
        wire.leave(outer);
        return;
      }
      line(place, depth, field, value(field, type));
    }

    private String value(ProtoMessage.Field field, DataType type) throws PayloadException {
      return switch (field.kind()) {
        case NUMBER -> number(wire.number(), type);
        case TIME -> time(wire.number());
        case TRUTH -> Boolean.toString(wire.number() != 0);
        case FLOAT -> Float.toString(Float.intBitsToFloat(wire.float32()));
        case DOUBLE -> Double.toString(Double.longBitsToDouble(wire.float64()));
        case TEXT -> quoted(wire.text());
        case BYTES, TYPE -> bytes(); // types may be packed
        case MESSAGE -> throw new IllegalStateException("is read elsewhere");
      };
    }

    private static String number(long bits, DataType type) {
      String plain = Long.toUnsignedString(bits);
      String meant =
          switch (type) {
            case INT8 -> Long.toString((byte) bits);
            case INT16 -> Long.toString((short) bits);
            case INT32 -> Integer.toString((int) bits);
            case INT64 -> Long.toString(bits);
            case DATE_TIME -> time(bits);
            default -> plain;
          };
      return meant.equals(plain) ? plain : plain + " (" + meant + " as " + type.word() + ")";
    }

    private static String time(long millis) {
      return millis < 0 || millis > LAST_MILLIS
          ? Long.toUnsignedString(millis) + " (no time)"
          : millis + " (" + Instant.ofEpochMilli(millis) + ")";
    }

    private static String quoted(String text) {
      String brief = text.length() > TEXT_CHARS ? text.substring(0, TEXT_CHARS) + "..." : text;
      StringBuilder plain = new StringBuilder("\"");
      brief.chars().forEach(c -> plain.append(Character.isISOControl(c) ? '?' : (char) c));
      return plain.append('"').toString();
    }

    private String bytes() throws PayloadException {
      int length = wire.length();
      int from = wire.at();
      int shown = Math.min(length, HEX_BYTES);
      wire.skipTo(from + length);
      return "%d bytes %s%s"
          .formatted(
              length,
              HexFormat.of().formatHex(payload, from, from + shown),
              shown < length ? "..." : "");
    }

    private void line(int place, int depth, ProtoMessage.Field field, String value) {
      line(place, depth, field.name() + " " + field.number(), value);
    }

    private void line(int place, int depth, String name, String value) {
      lines.add("byte %-6d %s%s: %s".formatted(place, "  ".repeat(depth), name, value));
    }
  }
}
