package io.sluice.codec.sparkplug;

import io.sluice.api.DeviceId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A topic {@code spBv1.0/group/type/node[/device]}. Immutable.
 *
 * @param device null: the node itself
 * @param nodeKey the node among all of a session
 */
record SparkplugTopic(
    String group, Kind kind, String node, @Nullable String device, String nodeKey) {
  static final String NAMESPACE = "spBv1.0";
  static final String STATE = "STATE";

  /** Types of messages: section 4.1 of the specification. */
  enum Kind {
    NBIRTH,
    NDEATH,
    NDATA,
    NCMD,
    DBIRTH,
    DDEATH,
    DDATA,
    DCMD;

    private static final List<Kind> ALL = List.of(values());

    boolean isOfDevice() {
      return name().charAt(0) == 'D';
    }

    boolean isBirth() {
      return this == NBIRTH || this == DBIRTH;
    }

    boolean isDeath() {
      return this == NDEATH || this == DDEATH;
    }

    boolean isCommand() {
      return this == NCMD || this == DCMD;
    }
  }

  /** Null where it is none. */
  static @Nullable SparkplugTopic parse(String topic) {
    int group = topic.indexOf('/');
    int kind = topic.indexOf('/', group + 1);
    int node = topic.indexOf('/', kind + 1);
    if (group != NAMESPACE.length() || kind < 0 || node < 0 || !topic.startsWith(NAMESPACE)) {
      return null;
    }
    Kind found = null;
    for (Kind each : Kind.ALL) {
      if (each.name().length() == node - kind - 1 && topic.startsWith(each.name(), kind + 1)) {
        found = each;
      }
    }
    int device = topic.indexOf('/', node + 1);
    boolean isWhole = found != null && found.isOfDevice() == (device >= 0);
    if (found == null || !isWhole || (device >= 0 && topic.indexOf('/', device + 1) >= 0)) {
      return null;
    }
    SparkplugTopic parsed =
        new SparkplugTopic(
            topic.substring(group + 1, kind),
            found,
            topic.substring(node + 1, device < 0 ? topic.length() : device),
            device < 0 ? null : topic.substring(device + 1),
            topic.substring(group + 1, kind + 1)
                + topic.substring(node + 1, device < 0 ? topic.length() : device));
    boolean isNamed =
        !parsed.group.isEmpty()
            && !parsed.node.isEmpty()
            && (parsed.device == null || !parsed.device.isEmpty());
    return isNamed ? parsed : null;
  }

  /** The same as text, of another type. */
  static String text(String group, Kind kind, String node, @Nullable String device) {
    String topic = NAMESPACE + '/' + group + '/' + kind + '/' + node;
    return device == null ? topic : topic + '/' + device;
  }

  /**
   * Ids under which a node or device may be registered. The first names it wholly: by that it
   * registers itself.
   */
  static List<String> ids(String group, String node, @Nullable String device) {
    String groupId = id(group);
    String nodeId = id(node);
    if (device == null) {
      return List.of(groupId + ':' + nodeId, nodeId);
    }
    String deviceId = id(device);
    return List.of(groupId + ':' + nodeId + ':' + deviceId, nodeId + ':' + deviceId, deviceId);
  }

  /** What an id cannot have, a space among them, is a low line. */
  private static String id(String name) {
    if (DeviceId.isValid(name)) {
      return name;
    }
    StringBuilder id = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      id.append(DeviceId.isValid("x" + c) ? c : '_');
    }
    return id.toString();
  }
}
