package io.sluice.api;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A value for each lane, none of them missing; iterated in the order of the lanes. Unmodifiable;
 * thread-safe where its values are.
 */
public final class PerLane<T> implements Iterable<T> {
  private static final Lane[] LANES = Lane.values();
  private final List<T> values;

  private PerLane(List<T> values) {
    this.values = values;
  }

  /** Makes the value of one lane. */
  @FunctionalInterface
  public interface Maker<T, E extends Exception> {
    T make(Lane lane) throws E;
  }

  /** Calls the maker once for each lane, in their order. */
  public static <T, E extends Exception> PerLane<T> of(Maker<T, E> maker) throws E {
    List<T> values = new ArrayList<>(LANES.length);
    for (Lane lane : LANES) {
      values.add(maker.make(lane));
    }
    return new PerLane<>(List.copyOf(values));
  }

  public T get(Lane lane) {
    return values.get(lane.ordinal());
  }

  public Stream<T> stream() {
    return values.stream();
  }

  @Override
  public Iterator<T> iterator() {
    return values.iterator();
  }
}
