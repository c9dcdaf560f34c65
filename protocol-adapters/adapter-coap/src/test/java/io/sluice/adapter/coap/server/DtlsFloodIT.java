package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.settings.CoapsSettings;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A flood of ClientHellos from thousands of addresses, beside one honest device. */
class DtlsFloodIT {
  private static final int ADDRESSES = 2_000;
  private static final int HELLOS_PER_ADDRESS = 100;
  private static final long MAX_GROWTH_BYTES = 8 << 20;
  private static final byte[] KEY = "sixteen bytes!!!".getBytes(UTF_8);

  private final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(CoapsSettings.onLoopback(null, false));
  private final Random random = new Random(77);

  @AfterEach
  void stop() {
    adapter.close();
    gateway.close();
  }

  @Test
  void floodCostsNoMemoryAndTheHonestDeviceGoesOn() throws Exception {
    gateway.keep = false;
    gateway.pskKeys.put("d1", KEY);
    adapter.start(gateway);
    CoapClient honest = DtlsClients.psk(adapter.address(), "d1", KEY);
    try {
      assertThat(honest.post("{}", 50).getCode()).isEqualTo(ResponseCode.CHANGED);
      flood(20); // warm up
      long before = usedHeapBytes();
      AtomicBoolean isOver = new AtomicBoolean();
      CompletableFuture<List<Long>> latencies =
          CompletableFuture.supplyAsync(() -> honestMicros(honest, isOver));
      long started = System.nanoTime();
      int answered = flood(ADDRESSES);
      double seconds = (System.nanoTime() - started) / 1e9;
      LongAdder kept = new LongAdder();
      adapter.dtls().count(kept);
      isOver.set(true);
      List<Long> micros = latencies.join();
      long growth = usedHeapBytes() - before;
      System.out.printf(
          "DTLS flood: %,d ClientHellos from %,d addresses in %.1f s, %,d answered by a cookie;"
              + " heap %,d -> %,d KB; connections kept %d, handshakes %d; honest device: %,d"
              + " requests, none lost, p50 %,d us, p99 %,d us, max %,d us%n",
          ADDRESSES * HELLOS_PER_ADDRESS,
          ADDRESSES,
          seconds,
          answered,
          before >> 10,
          (before + growth) >> 10,
          kept.sum(),
          adapter.dtls().handshakesUnderWay(),
          micros.size(),
          micros.get(micros.size() / 2),
          micros.get(micros.size() * 99 / 100),
          micros.getLast());
      assertThat(answered).isGreaterThan(ADDRESSES * HELLOS_PER_ADDRESS / 2);
      assertThat(kept.sum()).as("the honest device's alone").isEqualTo(1);
      assertThat(adapter.dtls().handshakesUnderWay()).isZero();
      assertThat(growth).isLessThan(MAX_GROWTH_BYTES);
    } finally {
      Clients.close(honest);
    }
  }

  /** Sorted. */
  private static List<Long> honestMicros(CoapClient honest, AtomicBoolean isOver) {
    List<Long> micros = new ArrayList<>();
    try {
      while (!isOver.get()) {
        long sent = System.nanoTime();
        CoapResponse answer = honest.post("{}", 50);
        assertThat(answer).as("an answer to request %d", micros.size()).isNotNull();
        assertThat(answer.getCode()).isEqualTo(ResponseCode.CHANGED);
        micros.add((System.nanoTime() - sent) / 1_000);
      }
    } catch (IOException | org.eclipse.californium.elements.exception.ConnectorException e) {
      throw new IllegalStateException("the honest device was cut off", e);
    }
    micros.sort(null);
    return micros;
  }

  /** Half of the hellos have no cookie, half a wrong one; waits for the answers to each burst. */
  private int flood(int addresses) throws IOException {
    InetSocketAddress server = adapter.address();
    int answered = 0;
    byte[] answer = new byte[256];
    for (int i = 0; i < addresses; i++) {
      String source = "127.1." + (i / 250) + "." + (1 + i % 250);
      try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(source, 0))) {
        socket.setSoTimeout(200);
        for (int hello = 0; hello < HELLOS_PER_ADDRESS; hello++) {
          byte[] clientRandom = new byte[32];
          random.nextBytes(clientRandom);
          byte[] cookie = new byte[(hello & 1) * 32];
          random.nextBytes(cookie);
          byte[] datagram = RawHello.clientHello(clientRandom, cookie, hello);
          socket.send(new DatagramPacket(datagram, datagram.length, server));
        }
        for (int hello = 0; hello < HELLOS_PER_ADDRESS; hello++) {
          socket.receive(new DatagramPacket(answer, answer.length));
          answered++;
        }
      } catch (SocketTimeoutException lost) {
        // the socket's buffer was full: that is a flood's way
      }
    }
    return answered;
  }

  private static long usedHeapBytes() {
    System.gc();
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
