package io.sluice.benchmarks;

import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import org.jspecify.annotations.Nullable;

/**
 * What topics meant before there were dialects, as code: kept to be measured beside the trie that
 * they are compiled into. Thread-safe.
 *
 * <p>Known are Sluice's own topics and the vendors' whose topic alone tells all:
 *
 * <ul>
 *   <li>{@code telemetry}, {@code event}, {@code alarm}, {@code state}: the session's device; with
 *       {@code /{child}}: a registered child
 *   <li>{@code t}, {@code e}, {@code a}, {@code s}: the same in short, with {@code /{child}} or, as
 *       Eclipse Hono writes it, {@code //{child}}
 *   <li>ThingsBoard: {@code v1/devices/me/telemetry} and {@code .../attributes}
 *   <li>Alink: {@code /sys/{pk}/{dn}/thing/event/property/post} and other events
 *   <li>Huawei IoTDA: {@code $oc/devices/{id}/sys/properties/report}
 * </ul>
 */
public final class StaticRouter {
  /**
   * Where a message goes.
   *
   * @param device the device that the topic names, or null: the session's
   */
  public record Route(MessageClass messageClass, @Nullable String device) {}

  private static final Route TELEMETRY = new Route(MessageClass.TELEMETRY, null);
  private static final Route EVENT = new Route(MessageClass.EVENT, null);
  private static final Route ALARM = new Route(MessageClass.ALARM, null);
  private static final Route STATE = new Route(MessageClass.STATE, null);
  private static final String HUAWEI_PREFIX = "$oc/devices/";
  private static final String HUAWEI_SUFFIX = "/sys/properties/report";

  private StaticRouter() {}

  /** The route of a topic, or null where nothing maps it. */
  static @Nullable Route route(String topic) {
    Route own = ofSession(topic);
    if (own != null) {
      return own;
    }
    Route child = ofChild(topic);
    return child != null ? child : ofVendor(topic);
  }

  private static @Nullable Route ofSession(String name) {
    return switch (name) {
      case "telemetry", "t", "v1/devices/me/telemetry" -> TELEMETRY;
      case "event", "e" -> EVENT;
      case "alarm", "a" -> ALARM;
      case "state", "s", "v1/devices/me/attributes" -> STATE;
      default -> null;
    };
  }

  private static @Nullable Route ofChild(String topic) {
    int slash = topic.indexOf('/');
    if (slash <= 0) {
      return null;
    }
    Route own = ofSession(topic.substring(0, slash));
    if (own == null) {
      return null;
    }
    int start = topic.startsWith("//", slash) ? slash + 2 : slash + 1;
    return named(own.messageClass(), topic.substring(start));
  }

  private static @Nullable Route ofVendor(String topic) {
    if (topic.startsWith("/sys/") || topic.startsWith("sys/")) {
      return ofAlink(topic.substring(topic.indexOf("sys/") + 4).split("/", -1));
    }
    boolean isHuawei =
        topic.length() > HUAWEI_PREFIX.length() + HUAWEI_SUFFIX.length()
            && topic.startsWith(HUAWEI_PREFIX)
            && topic.endsWith(HUAWEI_SUFFIX);
    return isHuawei
        ? named(
            MessageClass.TELEMETRY,
            topic.substring(HUAWEI_PREFIX.length(), topic.length() - HUAWEI_SUFFIX.length()))
        : null;
  }

  /** {@code {pk}/{dn}/thing/event/{property|name}/post}: what follows {@code /sys/}. */
  private static @Nullable Route ofAlink(String[] levels) {
    boolean isPost =
        levels.length == 6
            && levels[2].equals("thing")
            && levels[3].equals("event")
            && levels[5].equals("post");
    if (!isPost) {
      return null;
    }
    boolean isProperty = levels[4].equals("property");
    return named(isProperty ? MessageClass.TELEMETRY : MessageClass.EVENT, levels[1]);
  }

  private static @Nullable Route named(MessageClass messageClass, String device) {
    return DeviceId.isValid(device) ? new Route(messageClass, device) : null;
  }
}
