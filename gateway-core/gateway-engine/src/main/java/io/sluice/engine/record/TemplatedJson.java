package io.sluice.engine.record;

import io.sluice.api.ByteSink;
import io.sluice.api.Lane;
import io.sluice.engine.record.RecordFormat.Kind;
import io.sluice.spool.Term;
import org.jspecify.annotations.Nullable;

/**
 * Canonical JSON of records, byte for byte what {@link RecordJson} writes. What records have in
 * common is kept as text: the {@link JsonHead} of a device, and the {@link JsonPart} of a metric,
 * which is looked for first behind the one that it followed before. So a record is a few copies and
 * its numbers.
 *
 * <p>What is kept is bounded: a newcomer takes the place of another. Not thread-safe.
 */
public final class TemplatedJson {
  /**
   * Devices whose text is kept, about 500 bytes each, made when one is met. A power of two, and a
   * multiple of the devices of an ordinary gateway: of as many places as devices half would be in
   * each other's way.
   */
  private static final int HEADS = 4_096;

  /** Metrics whose text is kept, about 200 bytes each. A power of two. */
  private static final int PARTS = 1_024;

  /** Most that numbers take beside the texts, and what copies may overwrite behind them. */
  private static final int ROOM = 128;

  private static final int MIX = 0x9E3779B1;

  private final @Nullable JsonHead[] heads = new JsonHead[HEADS];
  private final @Nullable JsonPart[] parts = new JsonPart[PARTS];
  private final ByteSink scratch = new ByteSink(RecordJson.FRAME_BYTES);

  /** The place of the text with which the last record began, or negative. */
  private int firstPart = -1;

  /** Appends a record; its cursor may be moved. */
  public void write(EncodedRecord view, ByteSink out) {
    RecordColumns columns = view.columns();
    if ((columns.flags & RecordFormat.CAP_BIT) != 0) {
      RecordJson.write(view, out);
      return;
    }
    JsonHead head = head(columns, view.lane(), view.epoch());
    out.ensure(head.textBytes() + ROOM);
    out.length(
        head.open(columns.time, columns.received, view.sequence(), out.bytes(), out.length()));
    measurements(columns, head, out);
    out.ensure(head.textBytes() + ROOM);
    out.length(head.close(out.bytes(), out.length()));
  }

  /** The text of such records; devices are told apart by the ends of their ids. */
  private JsonHead head(RecordColumns columns, Lane lane, String epoch) {
    byte[] bytes = columns.textBytes[RecordColumns.DEVICE];
    int end = columns.textAt[RecordColumns.DEVICE] + columns.textLength[RecordColumns.DEVICE];
    int begin = Math.max(columns.textAt[RecordColumns.DEVICE], end - Long.BYTES);
    int hash = columns.textLength[RecordColumns.SOURCE] + 31 * columns.flags;
    for (int i = begin; i < end; i++) {
      hash = 31 * hash + bytes[i];
    }
    int slot = ((hash * MIX) >>> 16) & (HEADS - 1);
    JsonHead first = heads[slot];
    if (first != null && first.is(columns, lane, epoch)) {
      return first;
    }
    JsonHead second = heads[slot ^ 1];
    if (second != null && second.is(columns, lane, epoch)) {
      return second;
    }
    heads[slot ^ 1] = first; // the one that was used longer ago makes room
    JsonHead made = second == null ? new JsonHead() : second;
    heads[slot] = made;
    made.set(columns, lane, epoch, scratch);
    made.firstPart = firstPart;
    return made;
  }

  private void measurements(RecordColumns columns, JsonHead head, ByteSink out) {
    JsonPart before = null;
    for (int i = 0; i < columns.count; i++) {
      int likely = before == null ? head.firstPart : before.next;
      JsonPart part = likely < 0 ? null : parts[likely];
      if (part == null || !part.isOf(columns, i)) {
        int slot = place(columns, i);
        part = parts[slot];
        if (part == null) {
          part = new JsonPart(columns, i);
          parts[slot] = part;
        }
        if (before == null) {
          head.firstPart = slot;
          firstPart = slot;
        } else {
          before.next = slot;
        }
      }
      measurement(columns, i, part, out);
      before = part;
    }
  }

  /** The place of the text of a measurement, empty where it has none yet. */
  private int place(RecordColumns columns, int index) {
    Term term = columns.terms[index];
    int hash =
        term == null
            ? EncodedRecord.nameHash(
                columns.bytes, columns.nameAt[index], columns.nameLength[index])
            : term.firstHash();
    hash = 31 * hash + columns.judgements[index];
    int slot = ((hash * MIX) >>> 16) & (PARTS - 1);
    JsonPart first = parts[slot];
    if (first == null || first.isOf(columns, index)) {
      return slot;
    }
    JsonPart second = parts[slot ^ 1];
    if (second == null || second.isOf(columns, index)) {
      return slot ^ 1;
    }
    parts[slot] = null;
    return slot;
  }

  private static void measurement(RecordColumns columns, int index, JsonPart part, ByteSink out) {
    Kind kind = RecordFormat.KINDS[columns.kinds[index]];
    int text = kind == Kind.STRING || kind == Kind.BYTES ? columns.blobLengths[index] : 0;
    out.ensure(
        Math.addExact(part.textBytes() + ROOM, Math.multiplyExact(JsonText.MAX_EXPANSION, text)));
    byte[] to = out.bytes();
    int at = part.open(index > 0, to, out.length());
    long bits = columns.bits[index];
    switch (kind) {
      case LONG -> at = JsonText.number(bits, to, at);
      case DOUBLE -> at = number(part, bits, columns.decimals[index], to, at);
      case TRUE -> at = JsonText.raw(RecordJson.TRUE, to, at);
      case FALSE -> at = JsonText.raw(RecordJson.FALSE, to, at);
      case STRING -> {
        to[at++] = '"';
        at = JsonText.escaped(columns.bytes, (int) bits, text, to, at);
        to[at++] = '"';
      }
      case BYTES -> {
        to[at++] = '"';
        at = JsonText.base64(columns.bytes, (int) bits, text, to, at);
        to[at++] = '"';
      }
    }
    out.length(part.close(columns.times[index], to, at));
  }

  private static int number(JsonPart part, long bits, int decimals, byte[] to, int at) {
    if (decimals < 0) {
      return part.number(Double.longBitsToDouble(bits), to, at);
    }
    return JsonText.isFixed(bits)
        ? JsonText.fixed(bits, decimals, to, at)
        : JsonText.number(CompactFormat.decimal(bits, decimals), to, at);
  }
}
