package io.sluice.codec.sparkplug;

import io.sluice.api.Downlink;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;

/**
 * What the host says of itself to nodes that wait for it: {@code spBv1.0/STATE/{host}} in JSON
 * (section 4.1.3 of the specification 3.0), {@code STATE/{host}} as a word (2.2, section 13.5). A
 * node that is connected here has reached its host: whichever name it has for it is the right one.
 * Stateless.
 */
final class HostState {
  private static final String OF_3 = SparkplugTopic.NAMESPACE + '/' + SparkplugTopic.STATE + '/';
  private static final String OF_2 = SparkplugTopic.STATE + '/';

  /** The host's name where the node asks for any. */
  private static final String NAME = "sluice";

  /** When the host came, which is when its first node did. */
  private static final long SINCE_MILLIS = InstantSource.system().millis();

  private static final int QOS = 1;

  private HostState() {}

  /** What a subscription to a filter gets at once. */
  static List<Downlink> matching(String filter) {
    boolean isOf3 = filter.startsWith(OF_3);
    if (!isOf3 && !filter.startsWith(OF_2)) {
      return List.of();
    }
    String name = filter.substring((isOf3 ? OF_3 : OF_2).length());
    String host = name.equals("+") || name.equals("#") ? NAME : name;
    if (host.isEmpty() || host.indexOf('/') >= 0) {
      return List.of();
    }
    return List.of(isOf3 ? of3(host) : of2(host));
  }

  private static Downlink of3(String host) {
    String json = "{\"online\":true,\"timestamp\":" + SINCE_MILLIS + '}';
    return new Downlink(OF_3 + host, json.getBytes(StandardCharsets.UTF_8), QOS, true);
  }

  private static Downlink of2(String host) {
    return new Downlink(OF_2 + host, "ONLINE".getBytes(StandardCharsets.UTF_8), QOS, true);
  }
}
