package io.sluice.sim.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A result tells what a server did not do, too. */
@Tag("slow")
class LoadHonestyTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** An MQTT server that answers those messages only that it is told to. */
  private static final class Server implements AutoCloseable {
    private final ServerSocket socket;
    private final IntPredicate answers;
    private final AtomicInteger packets = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    Server(IntPredicate answers) throws IOException {
      this.answers = answers;
      this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
      while (true) {
        try {
          Socket peer = socket.accept();
          Thread.ofVirtual().start(() -> serve(peer));
        } catch (IOException e) {
          return; // closed
        }
      }
    }

    private void serve(Socket peer) {
      try (peer;
          DataInputStream in = new DataInputStream(peer.getInputStream());
          DataOutputStream answer = new DataOutputStream(peer.getOutputStream())) {
        while (true) {
          int first = in.readUnsignedByte();
          byte[] body = in.readNBytes(length(in));
          if (first >>> 4 == 1) {
            answer.writeInt(0x20020000);
          } else if (answers.test(packets.incrementAndGet())) {
            answer(first, body, answer);
          } else if (isOfQosZero(first)) {
            closed.await(); // at QoS 0 a server is deaf that reads no more
          }
        }
      } catch (IOException e) {
        // the load is over
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private static boolean isOfQosZero(int first) {
      return first >>> 4 == 12 || (first & 0xF6) == 0x30;
    }

    private static void answer(int first, byte[] body, DataOutputStream answer) throws IOException {
      if (first >>> 4 == 12) {
        answer.writeShort(0xD000);
      } else if ((first & 6) == 2) {
        int at = 2 + (((body[0] & 0xFF) << 8) | (body[1] & 0xFF));
        answer.writeInt(0x40020000 | ((body[at] & 0xFF) << 8) | (body[at + 1] & 0xFF));
      }
    }

    private static int length(DataInputStream in) throws IOException {
      int length = 0;
      for (int shift = 0; ; shift += 7) {
        int digit = in.readUnsignedByte();
        length |= (digit & 0x7F) << shift;
        if (digit < 0x80) {
          return length;
        }
      }
    }

    String uri() {
      return "mqtt://127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      closed.countDown();
      socket.close();
    }
  }

  private int load(String... more) {
    String[] args = new String[more.length + 4];
    System.arraycopy(new String[] {"--duration", "500ms", "--warmup", "0s"}, 0, args, 0, 4);
    System.arraycopy(more, 0, args, 4, more.length);
    return new CommandLine(new SimLoadCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args);
  }

  private JsonNode json() {
    return new JsonMapper().readTree(out.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void aServerThatStopsAnsweringIsSeen(String qos) throws Exception {
    try (Server server = new Server(k -> k <= 100)) {
      int code =
          load(
              "--json",
              "--mqtt",
              server.uri(),
              "--qos",
              qos,
              "--rate",
              "1000",
              "--connections",
              "1",
              "--inflight",
              "20",
              "--drain",
              "200ms");
      JsonNode result = json();
      assertThat(code).isEqualTo(1);
      assertThat(result.path("due").asLong()).isEqualTo(500);
      assertThat(result.path("sent").asLong() + result.path("unsent").asLong()).isEqualTo(500);
      assertThat(result.path("unanswered").asLong()).isPositive();
      assertThat(result.path("acked").asLong()).isLessThanOrEqualTo(100);
      assertThat(result.path("sent").asLong())
          .isEqualTo(
              result.path("acked").asLong()
                  + result.path("unanswered").asLong()
                  + result.path("errors").asLong());
      if (qos.equals("1")) {
        assertThat(result.path("p99Micros").asDouble()).isGreaterThan(150_000);
        assertThat(result.path("latencyIsAtLeast").asBoolean()).isTrue();
      }
    }
  }

  @Test
  void qosZeroHasNoLatencyAndCountsWhatTheServerRead() throws Exception {
    try (Server server = new Server(k -> true)) {
      int code =
          load(
              "--json",
              "--mqtt",
              server.uri(),
              "--qos",
              "0",
              "--rate",
              "200",
              "--connections",
              "3",
              "--inflight",
              "100");
      JsonNode result = json();
      assertThat(code).as(out.toString()).isZero();
      assertThat(result.path("confirmation").asString()).isEqualTo("PINGRESP");
      assertThat(result.path("acked").asLong()).isEqualTo(result.path("sent").asLong());
      assertThat(result.path("p50Micros").isNull()).isTrue();
      assertThat(result.path("maxMicros").isNull()).isTrue();
    }
    out.getBuffer().setLength(0);
    try (Server server = new Server(k -> true)) {
      load("--mqtt", server.uri(), "--qos", "0", "--rate", "200", "--connections", "3");
      assertThat(out.toString()).contains("read by server").doesNotContain("acknowledged ");
    }
  }

  @Test
  void aMessageBelongsToTheSpanInWhichItWasDue() {
    LoadTally tally = new LoadTally();
    tally.measure(0, 1_000_000_000L);
    tally.sent(500);
    tally.acked(500, 2_000_000_000L); // late, in the drain
    tally.sent(2_000_000_000L);
    assertThat(tally.sent).isEqualTo(1);
    assertThat(tally.acked).isEqualTo(1);
    assertThat(tally.answersInSpan).isZero();
    tally.unsent(-30, 100_000_000L);
    assertThat(tally.unsent).isEqualTo(10);
  }

  @Test
  void theFirstMessageIsDueWhenTheMeasuringBegins() throws Exception {
    try (Server server = new Server(k -> true)) {
      // room for all of them: none is left out where the machine stands still for a moment
      int code =
          load(
              "--json",
              "--mqtt",
              server.uri(),
              "--rate",
              "100",
              "--connections",
              "2",
              "--inflight",
              "50");
      assertThat(code).as(out.toString()).isZero();
      assertThat(json().path("due").asLong()).isEqualTo(50);
      assertThat(json().path("acked").asLong()).isEqualTo(50);
    }
  }

  @Test
  void aRampAtQosZeroHasNothingToGoBy() throws Exception {
    assertThat(load("--ramp", "--qos", "0", "--mqtt", "mqtt://127.0.0.1:1")).isEqualTo(2);
    assertThat(err.toString()).contains("--qos 1").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"coaps://127.0.0.1:5684", "mqtt://127.0.0.1:1883"})
  void aLoadThatThereIsNotIsBadUsage(String uri) {
    assertThat(load("--coap", uri)).isEqualTo(2);
    assertThat(err.toString()).contains(uri).contains("coap://").hasLineCount(1);
  }

  @Test
  void mqttLoadOfACoapServerIsBadUsage() {
    assertThat(load("--mqtt", "coap://127.0.0.1:5683")).isEqualTo(2);
    assertThat(err.toString()).contains("mqtts://").hasLineCount(1);
  }
}
