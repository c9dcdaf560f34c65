package io.sluice.adapter.mqtt.session;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.sluice.adapter.mqtt.packet.TopicFilter;
import io.sluice.api.Following;
import io.sluice.api.LiveEvent;
import io.sluice.api.adapter.Admission;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a local consumer reads: accepted records as canonical JSON, on {@code
 * records/{class}/{sector}/{site}/{device}}, at QoS 0. The gateway never waits for a consumer: what
 * it cannot take is left out, and over MQTT 5 the next message says how many in the user property
 * {@code missed}. Whoever needs every record is an upstream.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class ConsumerLink implements Subscriber {
  /** Fixed header, topic length and properties: more than they ever are. */
  private static final int OVERHEAD_BYTES = 64;

  private static final Pattern NO_LEVEL = Pattern.compile("[/+#]");

  private final Connection connection;
  private final String name;
  private final List<TopicFilter> granted;
  private final Map<String, Integer> subscriptions = new HashMap<>(2);
  private final Following following;
  private volatile List<TopicFilter> wanted = List.of();

  /** Confined to the thread that follows the records. */
  private long missed;

  /**
   * @throws IllegalStateException where too many follow already
   */
  ConsumerLink(Connection connection, Admission.Consumer consumer) {
    this.connection = connection;
    this.name = consumer.name();
    this.granted = consumer.topics().stream().map(TopicFilter::new).toList();
    this.following = connection.gateway.records().follow(name, this::record);
  }

  String name() {
    return name;
  }

  @Override
  public boolean maySubscribe(String filter) {
    TopicFilter asked = new TopicFilter(filter);
    return asked.isValid() && granted.stream().anyMatch(one -> one.covers(asked));
  }

  @Override
  public Map<String, Integer> subscriptions() {
    return subscriptions;
  }

  @Override
  public int maxQos() {
    return 0;
  }

  @Override
  public String rule() {
    return "consumer " + name + " may subscribe to what its role grants only";
  }

  @Override
  public void subscribed() {
    wanted = subscriptions.keySet().stream().map(TopicFilter::new).toList();
  }

  private void record(LiveEvent event) {
    List<TopicFilter> filters = wanted;
    if (filters.isEmpty()) {
      missed = 0;
      return;
    }
    missed += event.missed();
    String topic =
        "records/%s/%s/%s/%s"
            .formatted(
                event.messageClass().jsonName(),
                level(event.sector()),
                level(event.site()),
                event.device());
    List<String> levels = TopicFilter.levels(topic);
    if (filters.stream().noneMatch(filter -> filter.matches(levels))) {
      return;
    }
    int bytes = ByteBufUtil.utf8Bytes(event.json()) + ByteBufUtil.utf8Bytes(topic);
    if (!connection.channel.isWritable() || bytes + OVERHEAD_BYTES > connection.maxPacketBytes) {
      missed++;
      return;
    }
    MqttProperties properties = new MqttProperties();
    if (connection.v5 && missed > 0) {
      properties.add(new MqttProperties.UserProperty("missed", Long.toString(missed)));
      missed = 0;
    }
    connection.channel.writeAndFlush(
        MqttMessageBuilders.publish()
            .topicName(topic)
            .qos(MqttQoS.AT_MOST_ONCE)
            .properties(properties)
            .payload(Unpooled.wrappedBuffer(event.json().getBytes(StandardCharsets.UTF_8)))
            .build(),
        connection.channel.voidPromise());
  }

  /** A sector or site as one level of a topic, so that no name reaches beyond its own. */
  private static String level(String text) {
    return NO_LEVEL.matcher(text).replaceAll("_");
  }

  void close() {
    following.close();
  }
}
