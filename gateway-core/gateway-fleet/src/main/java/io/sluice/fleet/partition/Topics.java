package io.sluice.fleet.partition;

import io.sluice.api.MessageClass;
import java.util.ArrayList;
import java.util.List;

/**
 * The names of the fleet's topics.
 *
 * @param prefix with which they begin
 */
public record Topics(String prefix) {
  /** What is registered, by device. */
  public String devices() {
    return prefix + ".fleet.devices";
  }

  /** Who has a session where, by device. */
  public String presence() {
    return prefix + ".fleet.presence";
  }

  /** What gateways say of themselves, by gateway. */
  public String gateways() {
    return prefix + ".fleet.gateways";
  }

  /** What operators did with alarms at the fleet, by alarm. */
  public String acknowledgements() {
    return prefix + ".fleet.acknowledgements";
  }

  /** The topics of records, one a class. */
  public List<String> records() {
    List<String> all = new ArrayList<>();
    for (MessageClass each : MessageClass.values()) {
      all.add(prefix + '.' + each.jsonName());
    }
    return all;
  }

  /** All that have a device as their key: their partitions are as many. */
  public List<String> byDevice() {
    List<String> all = records();
    all.add(devices());
    all.add(presence());
    return all;
  }
}
