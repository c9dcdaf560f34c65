package io.sluice.upstream.mqtt;

import io.sluice.api.ByteSink;
import io.sluice.api.broker.BrokerUse;
import io.sluice.api.upstream.OutboundBatch;
import io.sluice.upstream.CloudEvents;
import io.sluice.upstream.RecordTemplate;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes PUBLISH packets (section 3.3 of MQTT 3.1.1 and 5):
 *
 * <pre>
 * 0x30 | qos << 1   remaining length (1-4)   topic (2 + n)
 * packet id (2, qos 1 and 2)   properties (length 1-4 + n, version 5)   payload
 * </pre>
 *
 * Used by one thread.
 */
final class FrameEncoder {
  private static final int TOPIC_BYTES_MAX = 65_535;
  private static final int HEADER_BYTES_MAX = 5;

  // Section 2.2.2.2 of MQTT 5.
  private static final int PAYLOAD_FORMAT_INDICATOR = 0x01;
  private static final int CONTENT_TYPE = 0x03;
  private static final int USER_PROPERTY = 0x26;
  private static final int UTF_8 = 1;

  private final String gateway;
  private final int qos;
  private final boolean isV5;

  /** The user property by which a source of this gateway knows again what comes back to it. */
  private final byte[] mark;

  private final boolean cloudEvents;
  private final RecordTemplate topics;
  private final ByteSink payload = new ByteSink(1 << 12);
  private final ByteSink properties = new ByteSink(256);
  private int[] starts = new int[1];
  private int[] packetIds = {};

  FrameEncoder(String gateway, MqttSettings settings) {
    this.gateway = gateway;
    this.qos = settings.qos();
    this.isV5 = settings.version().equals("5");
    userProperty(BrokerUse.MARK, gateway);
    this.mark = Arrays.copyOf(properties.bytes(), properties.length());
    this.cloudEvents = settings.cloudEvents();
    this.topics =
        RecordTemplate.of(
            settings.topic(),
            gateway,
            c ->
                c != '/'
                    && c != '+'
                    && c != '#'
                    && c != 0
                    && settings.topicReplaces().indexOf(c) < 0);
  }

  /**
   * @param packetBytesMax the broker's bound; a record that is beyond it has no packet
   */
  PublishFrames encode(OutboundBatch batch, long packetBytesMax) {
    int count = batch.count();
    starts = new int[count + 1];
    packetIds = new int[count];
    // Each as large as the first, and some more: grown at most once or twice.
    ByteSink out = new ByteSink(1 << 12);
    Map<Integer, String> unfit = Map.of();
    for (int i = 0; i < count; i++) {
      String fault = encode(batch, i, out, packetBytesMax);
      if (fault != null) {
        unfit = unfit.isEmpty() ? new TreeMap<>() : unfit;
        unfit.put(i, fault);
      }
      starts[i + 1] = out.length();
      if (i == 0) {
        out.ensure(Math.multiplyExact(out.length() + out.length() / 4, count - 1));
      }
    }
    return new PublishFrames(out.bytes(), starts, packetIds, count, unfit);
  }

  private @Nullable String encode(
      OutboundBatch batch, int index, ByteSink out, long packetBytesMax) {
    payload.clear();
    batch.encode(index, payload);
    byte[] topic = topics.expand(batch, index).getBytes(StandardCharsets.UTF_8);
    if (topic.length > TOPIC_BYTES_MAX) {
      return "its topic has " + topic.length + " bytes, and MQTT takes " + TOPIC_BYTES_MAX;
    }
    properties.clear();
    if (isV5) {
      properties.write(mark, 0, mark.length);
    }
    if (cloudEvents) {
      event(CloudEvents.of(gateway, batch, index), batch.contentType());
    }
    int remaining = 2 + topic.length + (qos > 0 ? 2 : 0) + payload.length();
    remaining += isV5 ? lengthBytes(properties.length()) + properties.length() : 0;
    if (1L + lengthBytes(remaining) + remaining > packetBytesMax) {
      return "it needs a packet of " + remaining + " bytes, and the broker takes " + packetBytesMax;
    }
    out.ensure(HEADER_BYTES_MAX + HEADER_BYTES_MAX + remaining);
    out.write(0x30 | qos << 1);
    writeLength(remaining, out);
    out.write(topic.length >>> 8);
    out.write(topic.length);
    out.write(topic, 0, topic.length);
    packetIds[index] = out.length();
    if (qos > 0) {
      out.length(out.length() + 2);
    }
    if (isV5) {
      writeLength(properties.length(), out);
      out.write(properties.bytes(), 0, properties.length());
    }
    out.write(payload.bytes(), 0, payload.length());
    return null;
  }

  /** Where a record is published. */
  String topic(OutboundBatch batch, int index) {
    return topics.expand(batch, index);
  }

  /** CloudEvents 1.0, MQTT protocol binding, section 3.1 (binary mode). */
  private void event(CloudEvents event, String contentType) {
    if (!contentType.endsWith("cbor")) {
      properties.write(PAYLOAD_FORMAT_INDICATOR);
      properties.write(UTF_8);
    }
    properties.write(CONTENT_TYPE);
    text(contentType);
    userProperty("specversion", CloudEvents.SPEC_VERSION);
    userProperty("id", event.id());
    userProperty("source", event.source());
    userProperty("type", event.type());
    userProperty("time", event.time());
  }

  private void userProperty(String name, String value) {
    properties.write(USER_PROPERTY);
    text(name);
    text(value);
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    // What CloudEvents are made of is far shorter; cut off rather than out of step.
    byte[] fits = utf8.length > TOPIC_BYTES_MAX ? Arrays.copyOf(utf8, TOPIC_BYTES_MAX) : utf8;
    properties.write(fits.length >>> 8);
    properties.write(fits.length);
    properties.write(fits, 0, fits.length);
  }

  /** Variable byte integer: section 2.2.3 of 3.1.1, 1.5.5 of 5. */
  private static void writeLength(int value, ByteSink out) {
    int rest = value;
    while (rest > 0x7F) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  private static int lengthBytes(int value) {
    return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
  }
}
