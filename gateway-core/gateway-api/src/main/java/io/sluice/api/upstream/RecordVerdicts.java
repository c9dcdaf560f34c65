package io.sluice.api.upstream;

import java.util.BitSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the far end said of each record of a batch, by the record's index there. Filled by one
 * thread at a time, and not changed once it is part of a {@link Delivery}.
 */
public final class RecordVerdicts {
  private final BitSet confirmed;
  private final SortedMap<Integer, Fault> faults = new TreeMap<>();
  private int suspect = -1;

  /** Why a record did not arrive. */
  public enum Kind {
    /** It never will: it is set aside. */
    REFUSED,
    /** It was not taken this time, though the connection goes on. */
    FAILED,
    /** What it is addressed to is not there. */
    NO_DESTINATION
  }

  /** What is known against one record. */
  public record Fault(Kind kind, String cause) {}

  /**
   * @param count of the batch's records
   */
  public RecordVerdicts(int count) {
    confirmed = new BitSet(count);
  }

  public void confirm(int index) {
    confirmed.set(index);
  }

  /** Confirms {@code from} to before {@code to}. */
  public void confirm(int from, int to) {
    confirmed.set(from, to);
  }

  /** The far end will never take the record: it is set aside. */
  public void refuse(int index, String cause) {
    faults.put(index, new Fault(Kind.REFUSED, cause));
  }

  /**
   * The far end did not take the record and may take it another time. It is tried again for itself;
   * where it fails each time while others are taken, it is set aside.
   */
  public void fail(int index, String cause) {
    faults.put(index, new Fault(Kind.FAILED, cause));
  }

  /** The record's destination is not there. The record waits until it is, others go on. */
  public void missDestination(int index, String cause) {
    faults.put(index, new Fault(Kind.NO_DESTINATION, cause));
  }

  /**
   * The record that was sent first of those which the far end had not answered when the connection
   * ended: where the far end ends connections for a record, it is this one. At most one of the
   * connection.
   */
  public void suspect(int index) {
    suspect = index;
  }

  /** How many were confirmed. */
  public int confirmedCount() {
    return confirmed.cardinality();
  }

  public boolean isConfirmed(int index) {
    return confirmed.get(index);
  }

  /** Why a record did not arrive; null where nothing is known against it. */
  public @Nullable String cause(int index) {
    Fault fault = faults.get(index);
    return fault == null ? null : fault.cause();
  }

  /** Indices of the records that were confirmed; not to be changed. */
  public BitSet confirmed() {
    return confirmed;
  }

  /** By index, in its order; not to be changed. */
  public Map<Integer, Fault> faults() {
    return faults;
  }

  /** The suspect's index; negative where there is none. */
  public int suspect() {
    return suspect;
  }
}
