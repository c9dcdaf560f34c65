package io.sluice.sim.audit.alarm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sluice.sim.device.Hash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A receiver of notifications on this machine, for a gateway's webhook: keeps what it is told, and
 * refuses some on purpose. Thread-safe.
 */
public final class WebhookReceiver implements AutoCloseable {
  /** Further ones are answered and counted only. */
  private static final int MOST_POSTS = 100_000;

  private static final int MOST_BYTES = 1 << 16;
  private static final int TAKEN = 204;
  private static final int BUSY = 503;

  private final JsonMapper json = new JsonMapper();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final double refuses;
  private final LongSupplier nowMillis;
  private final List<WebhookPost> posts = new ArrayList<>();
  private long count;

  private WebhookReceiver(HttpServer server, double refuses, LongSupplier nowMillis) {
    this.server = server;
    this.refuses = refuses;
    this.nowMillis = nowMillis;
  }

  /**
   * Listens on 127.0.0.1.
   *
   * @param port 0: any that is free
   * @param refuses share of posts that are answered by 503, from 0 to below 1
   * @throws IOException if the port cannot be had; the message names it
   */
  public static WebhookReceiver open(int port, double refuses) throws IOException {
    return open(port, refuses, System::currentTimeMillis);
  }

  static WebhookReceiver open(int port, double refuses, LongSupplier nowMillis) throws IOException {
    HttpServer server;
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    } catch (IOException e) {
      throw new IOException(
          "--webhook " + port + ": " + e.getMessage() + "; choose another port", e);
    }
    WebhookReceiver receiver = new WebhookReceiver(server, refuses, nowMillis);
    server.setExecutor(receiver.threads);
    server.createContext("/", receiver::answer);
    server.start();
    return receiver;
  }

  /** What the gateway's {@code alarms.webhook} has to be. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/alarms");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES);
      String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
      boolean isTaken = take(body, key == null ? "" : key);
      exchange.sendResponseHeaders(isTaken ? TAKEN : BUSY, -1);
    }
  }

  private synchronized boolean take(byte[] body, String key) {
    boolean isTaken = Hash.unit(0x3EB4004, count++) >= refuses;
    if (posts.size() < MOST_POSTS) {
      posts.add(new WebhookPost(nowMillis.getAsLong(), key, alarm(body), isTaken));
    }
    return isTaken;
  }

  private BookedAlarm alarm(byte[] body) {
    JsonNode said;
    try {
      said = json.readTree(body);
    } catch (JacksonException e) {
      said = json.createObjectNode(); // an alarm without id, which the audit names
    }
    return BookedAlarm.of(said);
  }

  /** In the order of their arrival. */
  synchronized List<WebhookPost> posts() {
    return List.copyOf(posts);
  }

  /** Posts beyond what is kept: nothing can be said of them. */
  synchronized long beyond() {
    return count - posts.size();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
