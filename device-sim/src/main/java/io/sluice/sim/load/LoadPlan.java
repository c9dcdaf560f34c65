package io.sluice.sim.load;

import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a load run does.
 *
 * @param peers MQTT connections or CoAP endpoints
 * @param window messages unanswered at a time for each peer
 * @param qos MQTT: 0 to 2; CoAP: always Confirmable
 * @param sizeBytes of the payload, at the least
 * @param ratePerSecond for all peers together; 0 is closed-loop: as fast as answers come
 * @param warmup not measured
 * @param drain how long answers are waited for after the end, at the most
 * @param user pattern with {@code {n}} or {@code {n:04}}; empty for none
 * @param password pattern with {@code {id}}; over CoAP the token
 * @param threads event loops
 * @param tls MQTT over TLS; null for none
 * @param payload the payload of every message, as it is but for {@code {id}}; null: a device's JSON
 * @param isHex whether that is hex digits, and no text
 */
record LoadPlan(
    InetSocketAddress server,
    int peers,
    int window,
    int qos,
    boolean five,
    int sizeBytes,
    double ratePerSecond,
    Duration warmup,
    Duration duration,
    Duration drain,
    String user,
    String password,
    String profile,
    String topic,
    int threads,
    @Nullable SslContext tls,
    @Nullable String payload,
    boolean isHex) {

  boolean openLoop() {
    return ratePerSecond > 0;
  }

  String userOf(int index) {
    return fill(user, index);
  }

  String passwordOf(int index) {
    return fill(password, index).replace("{id}", userOf(index));
  }

  private static String fill(String pattern, int index) {
    int open = pattern.indexOf("{n");
    if (open < 0) {
      return pattern;
    }
    int close = pattern.indexOf('}', open);
    String width = pattern.substring(open + 2, close);
    String number =
        width.isEmpty()
            ? "" + (index + 1)
            : String.format("%" + width.substring(1) + "d", index + 1);
    return pattern.substring(0, open) + number + pattern.substring(close + 1);
  }
}
