package io.sluice.api.fleet;

/** What the fleet's topics are called, behind the prefix and a dot. */
public final class FleetTopics {
  /** Which devices are in contact, and by which gateway; key: the device. */
  public static final String PRESENCE = "fleet.presence";

  /** What each gateway says of itself; key: the gateway, and {@link #DOWNTIME} behind it. */
  public static final String GATEWAYS = "fleet.gateways";

  /** What coverage has to know of each device; key: the device. */
  public static final String DEVICES = "fleet.devices";

  /** Behind a gateway's id: when it took no data. No id has this character. */
  public static final String DOWNTIME = "#downtime";

  /** Key of how far the devices are written. No id has this character. */
  public static final String CURSOR = "#cursor";

  private FleetTopics() {}
}
