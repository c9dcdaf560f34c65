package io.sluice.fleet.run;

import io.sluice.fleet.view.Instances;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The instances before and after this one has joined them: until Kafka answers there are none, and
 * everything is missing. Thread-safe.
 */
final class LateInstances implements Instances {
  private volatile String self = "";
  private volatile @Nullable Instances joined;

  /**
   * Has the others reach it there.
   *
   * @param address {@code host:port}
   */
  void self(String address) {
    self = address;
  }

  /**
   * Has them be those.
   *
   * @param instances null where this one does not take part any more
   */
  void joined(@Nullable Instances instances) {
    joined = instances;
  }

  @Override
  public String self() {
    return self;
  }

  @Override
  public Map<String, Set<Integer>> active() {
    Instances known = joined;
    return known == null ? Map.of() : known.active();
  }

  @Override
  public int partitions() {
    Instances known = joined;
    return known == null ? 0 : known.partitions();
  }

  @Override
  public Set<Integer> behind() {
    Instances known = joined;
    return known == null ? Set.of() : known.behind();
  }
}
