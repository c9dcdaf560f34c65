package io.sluice.codec.sparkplug;

import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * Puts the members of a template's instance: {@code name.member}, templates in it alike. A
 * definition says nothing that was measured. Not thread-safe. Fields of Template: metrics 2,
 * is_definition 5.
 */
final class Templates {
  /** Templates within templates, at most. */
  static final int MAX_DEPTH = 8;

  private final ValueReader values;

  /** Those of each depth, made when first needed. */
  private final @Nullable Metrics[] scratch = new Metrics[MAX_DEPTH];

  private int depth;

  Templates(ValueReader values) {
    this.values = values;
  }

  void put(Metrics outer, int i, String path, @Nullable Known known, MeasurementSink out)
      throws PayloadException {
    int from = outer.valueAt[i];
    int to = outer.valueEnd[i];
    if (isDefinition(outer.bytes, from, to)) {
      return;
    }
    if (depth == MAX_DEPTH) {
      out.refuse(path, "has templates in templates, more than %d deep".formatted(MAX_DEPTH));
      return;
    }
    Metrics members = scratch[depth];
    if (members == null) {
      members = new Metrics();
      scratch[depth] = members;
    }
    depth++;
    try {
      members.readTemplate(outer.bytes, from, to);
      for (int member = 0; member < members.count; member++) {
        putMember(members, member, path, known, out);
      }
    } finally {
      depth--;
    }
  }

  private void putMember(
      Metrics members, int i, String path, @Nullable Known known, MeasurementSink out)
      throws PayloadException {
    if (!members.hasName(i)) {
      out.refuse(path, "has a template's member without a name; send names in templates");
      return;
    }
    String name = path + '.' + members.name(i);
    DataType said = members.types[i];
    DataType type = known == null ? said : known.member(name, said);
    if (!members.isNull(i)) {
      var _ = values.put(members, i, name, type, known, out);
    }
  }

  private static boolean isDefinition(byte[] bytes, int from, int to) throws PayloadException {
    Wire wire = new Wire().over(bytes, from, to);
    boolean isDefinition = false;
    while (wire.next()) {
      if (wire.field == 5) {
        isDefinition = wire.number() != 0;
      } else {
        wire.skip();
      }
    }
    return isDefinition;
  }
}
