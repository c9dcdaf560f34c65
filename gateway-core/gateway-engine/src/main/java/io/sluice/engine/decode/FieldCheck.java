package io.sluice.engine.decode;

import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Metric;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.record.EncodedRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a payload its profile does not know, and what the profile waits for in vain.
 *
 * @param unmapped fields that no metric takes: kept without unit, or dropped, as the profile says
 * @param missing metrics that did not come and are not optional
 */
public record FieldCheck(List<String> unmapped, List<String> missing) {
  /** Reads the payload by no profile at all. */
  @FunctionalInterface
  public interface AsItComes {
    /**
     * @return null where it cannot be read so
     */
    @Nullable EncodedRecord read() throws PayloadException;
  }

  /**
   * @param record as the profile has read it
   * @param asItComes asked where the profile drops what it does not know
   */
  public static FieldCheck of(Profile profile, EncodedRecord record, AsItComes asItComes) {
    Set<String> names = names(record);
    Set<String> unmapped = new LinkedHashSet<>();
    names.stream().filter(name -> !profile.isMetric(name)).forEach(unmapped::add);
    if (profile.unknown() == Profile.Unknown.DROP) {
      dropped(asItComes).stream()
          .filter(name -> profile.target(name) == null && !names.contains(name))
          .forEach(unmapped::add);
    }
    List<String> missing = new ArrayList<>();
    for (Metric metric : profile.metrics()) {
      if (!metric.optional() && !names.contains(metric.name())) {
        missing.add(metric.name());
      }
    }
    return new FieldCheck(List.copyOf(unmapped), List.copyOf(missing));
  }

  private static Set<String> dropped(AsItComes asItComes) {
    try {
      EncodedRecord all = asItComes.read();
      return all == null ? Set.of() : names(all);
    } catch (PayloadException e) {
      return Set.of(); // bytes that the profile alone can read: there are no fields by name
    }
  }

  private static Set<String> names(EncodedRecord record) {
    Set<String> names = new LinkedHashSet<>();
    record.rewind();
    while (record.next()) {
      names.add(record.measurementName());
    }
    record.rewind();
    return names;
  }
}
