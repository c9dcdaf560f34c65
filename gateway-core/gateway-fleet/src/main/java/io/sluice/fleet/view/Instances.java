package io.sluice.fleet.view;

import java.util.Map;
import java.util.Set;

/** Which instance has which partitions, as the group of instances has it. */
public interface Instances {
  /** This one, {@code host:port}. */
  String self();

  /** {@code host:port} to the partitions whose tasks it runs; without those that have none. */
  Map<String, Set<Integer>> active();

  /** Into how many partitions the devices are split; 0 where that is not known yet. */
  int partitions();

  /** Partitions here that have not yet read what lies on their topics. */
  Set<Integer> behind();
}
