package io.sluice.codec.sparkplug;

import io.sluice.api.QualityReason;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A metric as a birth named it, with the last value that came. Guarded by its session. */
final class Known {
  /** Bytes that one keeps, about, beside its name. */
  private static final int COST_BYTES = 200;

  /** Longest text that is kept as last value, characters; of a longer one the beginning is. */
  private static final int TEXT_MAX_CHARS = 256;

  /** Members of templates whose types are kept, at most. */
  private static final int MEMBERS_MAX = 1_024;

  final String name;
  final byte[] utf8;
  final DataType type;
  final @Nullable String unit;

  /** Whether it is of the protocol, and nothing that is measured: bdSeq, Node Control/Rebirth. */
  final boolean isOfProtocol;

  /** Long, Double, Boolean or String; null where there is none. */
  private @Nullable Object last;

  /** Types of a template's members, by their paths. */
  private @Nullable Map<String, DataType> members;

  Known(String name, DataType type, @Nullable String unit) {
    this.name = name;
    this.utf8 = name.getBytes(StandardCharsets.UTF_8);
    this.type = type;
    this.unit = unit;
    this.isOfProtocol = name.equals("bdSeq") || name.equals(Commands.REBIRTH);
  }

  long costBytes() {
    return COST_BYTES + 2L * utf8.length;
  }

  void remember(@Nullable Object value) {
    last =
        value instanceof String text && text.length() > TEXT_MAX_CHARS
            ? text.substring(0, TEXT_MAX_CHARS)
            : value;
  }

  boolean hasValue() {
    return last != null;
  }

  /** Puts the last value as one that is stale. */
  void putStale(MeasurementSink out) throws PayloadException {
    if (last == null) {
      return;
    }
    out.bad(QualityReason.STALE);
    if (unit != null) {
      out.unit(unit);
    }
    switch (last) {
      case Long number -> out.put(name, number);
      case Double number -> out.put(name, number);
      case Boolean truth -> out.put(name, truth);
      default -> out.put(name, last.toString());
    }
  }

  /** The type of a member: its own word, which is kept, or what an earlier one was. */
  DataType member(String path, DataType said) {
    if (said == DataType.UNKNOWN) {
      return members == null ? said : members.getOrDefault(path, said);
    }
    if (members == null) {
      members = new HashMap<>();
    }
    if (members.size() < MEMBERS_MAX || members.containsKey(path)) {
      members.put(path, said);
    }
    return said;
  }
}
