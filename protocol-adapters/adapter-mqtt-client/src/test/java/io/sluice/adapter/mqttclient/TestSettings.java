package io.sluice.adapter.mqttclient;

import io.sluice.api.broker.BrokerTls;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Settings of a source named plant, with what a test changes of them. */
final class TestSettings {
  private static final long HALF = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long MUCH = TimeUnit.SECONDS.toNanos(30);

  private String version = "5";
  private List<String> topics = List.of("plant/#");
  private int inFlight = 1_000;
  private Duration connectTimeout = Duration.ofSeconds(10);
  private @Nullable String shared;
  private @Nullable BrokerTls tls;
  private @Nullable Announcement announce;
  private boolean replies;
  private long quiet = Patience.USUAL.quiet();
  private long answer = Patience.USUAL.answer();
  private long settle = MUCH;
  private Approach.Names names =
      any -> new InetAddress[] {InetAddress.getByAddress(new byte[] {127, 0, 0, 1})};

  TestSettings version(String other) {
    version = other;
    return this;
  }

  TestSettings topics(String... others) {
    topics = List.of(others);
    return this;
  }

  TestSettings inFlight(int other) {
    inFlight = other;
    return this;
  }

  TestSettings connectTimeout(Duration other) {
    connectTimeout = other;
    return this;
  }

  TestSettings shared(String other) {
    shared = other;
    return this;
  }

  TestSettings tls(BrokerTls other) {
    tls = other;
    return this;
  }

  TestSettings announce(Announcement own) {
    announce = own;
    return this;
  }

  TestSettings replies() {
    replies = true;
    return this;
  }

  /** Asks for a sign of life after half a second, and waits for two. */
  TestSettings impatient() {
    quiet = HALF;
    answer = TimeUnit.SECONDS.toNanos(2);
    return this;
  }

  /** Asks for a sign of life after half a second, and waits for it as long as a test may take. */
  TestSettings curious() {
    quiet = HALF;
    answer = MUCH;
    return this;
  }

  /** Waits no longer for verdicts, as it closes, than it usually does. */
  TestSettings settlingSoon() {
    settle = Patience.USUAL.settle();
    return this;
  }

  TestSettings names(Approach.Names others) {
    names = others;
    return this;
  }

  MqttSourceSettings settings(int port) {
    return new MqttSourceSettings(
        URI.create((tls == null ? "tcp" : "ssl") + "://127.0.0.1:" + port),
        topics,
        version,
        null,
        null,
        null,
        shared,
        MqttSourceSettings.Retained.ONCE,
        null,
        inFlight,
        Duration.ofDays(7),
        Duration.ofSeconds(20),
        connectTimeout,
        announce,
        replies,
        tls);
  }

  /**
   * Pings are as usual if nothing else is said: a broker answers them only while its test reads. A
   * refused subscription is asked for again after half a second. A close waits for verdicts as long
   * as a busy machine may take for them.
   */
  MqttSource source(int port) {
    return new MqttSource(
        "plant", settings(port), names, new Patience(quiet, answer, HALF, settle, 2 * MUCH));
  }
}
