package io.sluice.fleet.init;

import io.sluice.api.MessageClass;
import io.sluice.api.fleet.FleetBusSettings;
import io.sluice.api.fleet.FleetTopics;
import io.sluice.fleet.partition.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Which topics a fleet has, and how they are kept: the table in docs/fleet.md. Pure. */
public final class TopicPlan {
  /** Of the topics whose key is a device, where nobody says otherwise. */
  public static final int PARTITIONS = 24;

  private static final long DAYS_OF_RECORDS = 7;
  private static final long DAYS_OF_ALARMS = 30;
  private static final long DAYS_OF_REMOVALS = 7;
  private static final int SMALL_SEGMENT_BYTES = 64 << 20;

  private TopicPlan() {}

  /**
   * All topics of the fleet.
   *
   * @param partitions of those whose key is a device
   * @param replication copies of each partition; decides how many must have a record
   */
  public static List<PlannedTopic> of(FleetBusSettings bus, int partitions, int replication) {
    List<PlannedTopic> all = new ArrayList<>();
    for (MessageClass each : MessageClass.values()) {
      long days = each == MessageClass.ALARM ? DAYS_OF_ALARMS : DAYS_OF_RECORDS;
      all.add(
          new PlannedTopic(
              bus.topic(each.jsonName()),
              partitions,
              true,
              settings(
                  replication, Map.of("cleanup.policy", "delete", "retention.ms", millis(days)))));
    }
    String kept = millis(DAYS_OF_REMOVALS);
    Map<String, String> compacted =
        Map.of("cleanup.policy", "compact", "delete.retention.ms", kept);
    for (String name : List.of(FleetTopics.PRESENCE, FleetTopics.DEVICES)) {
      all.add(
          new PlannedTopic(bus.topic(name), partitions, true, settings(replication, compacted)));
    }
    Map<String, String> gateways = new TreeMap<>(compacted);
    gateways.put("message.timestamp.type", "LogAppendTime"); // the broker's clock beside theirs
    gateways.put("segment.bytes", String.valueOf(SMALL_SEGMENT_BYTES));
    all.add(
        new PlannedTopic(
            bus.topic(FleetTopics.GATEWAYS), 1, false, settings(replication, gateways)));
    all.add(
        new PlannedTopic(
            new Topics(bus.topicPrefix()).acknowledgements(),
            1,
            false,
            settings(replication, compacted)));
    return all;
  }

  private static Map<String, String> settings(int replication, Map<String, String> own) {
    Map<String, String> all = new TreeMap<>(own);
    all.put("min.insync.replicas", replication >= 3 ? "2" : "1");
    return all;
  }

  private static String millis(long days) {
    return String.valueOf(TimeUnit.DAYS.toMillis(days));
  }
}
