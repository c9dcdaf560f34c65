package io.sluice.upstream.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.internals.LogContext;
import org.jspecify.annotations.Nullable;

/**
 * Whether a cluster can be reached, and if not, why: the producer itself connects only when
 * something is sent, and then says little. Asks one server after the other for the brokers, and
 * tries whether one of those can be reached by the name that it goes by. One thread's.
 */
final class ClusterCheck {
  private static final int TOLD_MAX = 3;
  private static final int POLL_MILLIS = 100;

  private final ProducerConfig config;
  private final FrameGuard guard;
  private final long deadlineNanos;
  private final long timeoutMillis;
  private final List<String> topics;

  private ClusterCheck(
      ProducerConfig config, FrameGuard guard, long timeoutMillis, List<String> topics) {
    this.config = config;
    this.guard = guard;
    this.timeoutMillis = timeoutMillis;
    this.topics = topics;
    this.deadlineNanos = System.nanoTime() + timeoutMillis * 1_000_000;
  }

  /**
   * @throws IOException where it cannot be reached; the message says why, server by server
   */
  static void run(ProducerConfig config, FrameGuard guard, long timeoutMillis)
      throws IOException, InterruptedException {
    run(config, guard, timeoutMillis, List.of());
  }

  /**
   * The same, with topics that must be there: asking makes none, whatever the cluster does at the
   * first record.
   */
  static void run(ProducerConfig config, FrameGuard guard, long timeoutMillis, List<String> topics)
      throws IOException, InterruptedException {
    new ClusterCheck(config, guard, timeoutMillis, topics).run();
  }

  private void run() throws IOException, InterruptedException {
    List<String> servers = config.getList(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < servers.size(); i++) {
      String server = servers.get(i);
      try {
        long until = share(servers.size() - i);
        tryBrokers(ask(node(server), until), until);
        return;
      } catch (IOException e) {
        faults.add(server + ": " + e.getMessage());
      }
    }
    throw new IOException(told(faults));
  }

  private static String told(List<String> faults) {
    String first = String.join("; ", faults.subList(0, Math.min(TOLD_MAX, faults.size())));
    int more = faults.size() - TOLD_MAX;
    return more > 0 ? first + "; and " + more + " more" : first;
  }

  private static Node node(String server) {
    int colon = server.lastIndexOf(':');
    String host = server.substring(0, colon);
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    return new Node(
        -1,
        isBracketed ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(server.substring(colon + 1)));
  }

  /** The moment until when the next of so many may take: each has as much as those behind it. */
  private long share(int servers) {
    long now = System.nanoTime();
    return now + (deadlineNanos - now) / servers;
  }

  private Collection<Node> ask(Node server, long until) throws IOException, InterruptedException {
    connect(server, until);
    guard.forget();
    int millis = Math.toIntExact(Math.max(1, (until - System.nanoTime()) / 1_000_000));
    GuardedClient.Parts parts =
        new GuardedClient.Parts(new ApiVersions(), new LogContext(), guard, trouble -> {});
    try (Metrics metrics = new Metrics();
        GuardedClient client = GuardedClient.ofCheck(config, millis, metrics, parts)) {
      awaitReady(client, server, until);
      return brokers(client, server, until);
    }
  }

  private void connect(Node to, long until) throws IOException {
    InetSocketAddress address = new InetSocketAddress(to.host(), to.port());
    if (address.isUnresolved()) {
      throw new IOException("unknown host");
    }
    int millis = Math.toIntExact(Math.max(1, (until - System.nanoTime()) / 1_000_000));
    try (SocketChannel channel = SocketChannel.open()) {
      channel.socket().connect(address, millis);
    }
  }

  private void awaitReady(GuardedClient client, Node server, long until)
      throws IOException, InterruptedException {
    boolean isReady = client.ready(server, System.currentTimeMillis());
    while (!isReady) {
      client.poll(POLL_MILLIS, System.currentTimeMillis());
      AuthenticationException denied = client.authenticationException(server);
      if (denied != null) {
        throw new IOException(KafkaFaults.text(denied), denied);
      }
      if (client.connectionFailed(server)) {
        throw new IOException(whyClosed(isEncrypted() ? CLOSED_AT_TLS : CLOSED_AT_ONCE));
      }
      requireTime(until);
      isReady = client.isReady(server, System.currentTimeMillis());
    }
  }

  private static final String CLOSED_AT_TLS =
      "it ended the connection at the TLS handshake; does its listener speak TLS"
          + " (security.protocol)?";
  private static final String CLOSED_AT_ONCE =
      "it ended the connection at once; does its listener speak TLS or SASL (security.protocol)?";
  private static final String CLOSED_AT_REQUEST =
      "it ended the connection at the first request; does its listener want SASL"
          + " (security.protocol, sasl.mechanism)?";

  private String whyClosed(String otherwise) {
    String found = guard.finding();
    return found == null ? otherwise : found;
  }

  private boolean isEncrypted() {
    String protocol = config.getString(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
    return protocol.equalsIgnoreCase(SecurityProtocol.SSL.name)
        || protocol.equalsIgnoreCase(SecurityProtocol.SASL_SSL.name);
  }

  private Collection<Node> brokers(GuardedClient client, Node server, long until)
      throws IOException, InterruptedException {
    ClientRequest request =
        client.newClientRequest(
            server.idString(),
            new MetadataRequest.Builder(topics, false),
            System.currentTimeMillis(),
            true);
    client.send(request, System.currentTimeMillis());
    ClientResponse answer = null;
    while (answer == null) {
      answer = first(client.poll(POLL_MILLIS, System.currentTimeMillis()));
      requireTime(until);
    }
    if (answer.responseBody() instanceof MetadataResponse metadata) {
      requireTopics(metadata);
      return metadata.brokers();
    }
    if (answer.versionMismatch() != null) {
      throw new IOException(KafkaFaults.text(answer.versionMismatch()));
    }
    throw new IOException(whyClosed(CLOSED_AT_REQUEST));
  }

  private static @Nullable ClientResponse first(List<ClientResponse> responses) {
    return responses.isEmpty() ? null : responses.getFirst();
  }

  private static void requireTopics(MetadataResponse metadata) throws IOException {
    for (Map.Entry<String, Errors> each : metadata.errors().entrySet()) {
      String topic = each.getKey();
      throw new IOException(
          switch (each.getValue()) {
            case UNKNOWN_TOPIC_OR_PARTITION ->
                "there is no topic " + topic + "; have it made: sluice fleet init";
            case TOPIC_AUTHORIZATION_FAILED ->
                "topic "
                    + topic
                    + " is not for this user; allow it to write there (docs/fleet-kafka.md)";
            default -> "topic " + topic + ": " + each.getValue().message();
          });
    }
  }

  private void requireTime(long until) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (System.nanoTime() - until > 0) {
      throw new IOException("no answer within " + timeoutMillis + " ms");
    }
  }

  /** Each sends to the brokers by the names that the cluster gives them. */
  private void tryBrokers(Collection<Node> brokers, long until)
      throws IOException, InterruptedException {
    List<String> faults = new ArrayList<>();
    for (Node broker : brokers) {
      try {
        connect(broker, until);
        return;
      } catch (IOException e) {
        faults.add(broker.host() + ':' + broker.port() + ": " + KafkaFaults.text(e));
      }
      requireTime(until);
    }
    if (!faults.isEmpty()) {
      throw new IOException(
          "it answers, and names brokers that cannot be reached ("
              + told(faults)
              + "); mend advertised.listeners there, or the way to them");
    }
  }
}
