package io.sluice.engine.record;

import io.sluice.spool.Term;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a format keeps of each metric, made once: the constant part of its text, say. A metric whose
 * record names it by number is found without a look at its name. Within one record a name has one
 * object, so that what is noted in it holds for the record.
 *
 * <p>Bounded: at the beginning of a record, where there are too many, all are forgotten. Not
 * thread-safe.
 *
 * @param <T> what is kept
 */
public final class MetricTexts<T> {
  /** A power of two. */
  private static final int SLOTS = 1 << 10;

  private static final int KEPT_MAX = 4 * SLOTS;
  private static final int MIX = 0x9E3779B1;

  private final boolean isByUnit;
  private final Maker<T> maker;
  private final Map<Key, T> kept = new HashMap<>();

  /** Of the terms that were met last. */
  private final List<@Nullable Slot<T>> slots =
      new ArrayList<>(Collections.nCopies(SLOTS, (Slot<T>) null));

  /** Makes what is kept. */
  @FunctionalInterface
  public interface Maker<T> {
    /**
     * @param unit null where it has none, or units do not matter
     */
    T make(String name, @Nullable String unit);
  }

  private record Slot<T>(Term term, T text) {}

  /** Compared by what is in the arrays. */
  private static final class Key {
    private final byte[] name;
    private final byte @Nullable [] unit;
    private final int hash;

    Key(byte[] name, byte @Nullable [] unit) {
      this.name = name;
      this.unit = unit;
      this.hash = 31 * Arrays.hashCode(name) + Arrays.hashCode(unit);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && Arrays.equals(name, key.name)
          && Arrays.equals(unit, key.unit);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /**
   * @param isByUnit whether two metrics of one name and different units are two
   */
  public MetricTexts(boolean isByUnit, Maker<T> maker) {
    this.isByUnit = isByUnit;
    this.maker = maker;
  }

  /** Called before each record. */
  public void begin() {
    if (kept.size() > KEPT_MAX) {
      kept.clear();
      Collections.fill(slots, null);
    }
  }

  /** Of the measurement under the record's cursor. */
  @SuppressWarnings("ReferenceEquality") // the very term; another one is looked into
  public T of(EncodedRecord record) {
    RecordColumns columns = record.columns();
    int index = record.index();
    Term term = columns.terms[index];
    if (term == null) {
      int unit = columns.unitLength[index];
      return of(
          copy(columns.bytes, columns.nameAt[index], columns.nameLength[index]),
          unit == RecordColumns.NO_UNIT ? null : copy(columns.bytes, columns.unitAt[index], unit));
    }
    int place = (((term.firstHash() + term.number()) * MIX) >>> 16) & (SLOTS - 1);
    Slot<T> slot = slots.get(place);
    if (slot == null || slot.term() != term) {
      slot = new Slot<>(term, of(term.requiredUtf8(0), term.utf8(1)));
      slots.set(place, slot);
    }
    return slot.text();
  }

  /** Of a name without a unit. */
  public T of(String name) {
    return of(name.getBytes(StandardCharsets.UTF_8), null);
  }

  private T of(byte[] name, byte @Nullable [] unit) {
    byte[] by = isByUnit ? unit : null;
    return kept.computeIfAbsent(
        new Key(name, by), key -> maker.make(text(name), by == null ? null : text(by)));
  }

  private static byte[] copy(byte[] from, int at, int length) {
    return Arrays.copyOfRange(from, at, at + length);
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
