package io.sluice.sim.load;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.sluice.sim.device.SimProfiles;
import io.sluice.sim.link.Endpoints;
import io.sluice.sim.reference.ReferenceProcess;
import io.sluice.sim.scenario.DurationText;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Loads a server and measures its answers. */
@Command(
    name = "load",
    description = "Loads a server, closed-loop or at a fixed rate, and measures its answers.",
    mixinStandardHelpOptions = true)
public final class SimLoadCommand implements Callable<Integer> {
  private static final double RAMP_FIRST_RATE = 1_000;
  private static final int RAMP_HALVINGS = 4;

  // RFC 7252 section 4.4: 65536 message ids in 247 s
  private static final double MOST_PER_SECOND_AND_SOCKET = 265;

  @Spec private CommandSpec spec;

  @Option(
      names = "--mqtt",
      paramLabel = "URI",
      description = "an MQTT server: mqtt://HOST:PORT, or mqtts:// over TLS")
  private @Nullable URI mqtt;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM: whom to trust for mqtts:// (default: the runtime's certificates)")
  private @Nullable Path ca;

  @Option(names = "--coap", paramLabel = "URI", description = "a CoAP server")
  private @Nullable URI coap;

  @Option(
      names = "--http",
      paramLabel = "URI",
      description = "an HTTP server: http://HOST:PORT; connections are kept alive")
  private @Nullable URI http;

  @Option(
      names = "--against",
      paramLabel = "WHAT",
      description =
          "bare, bare-coap or bare-http: starts a reference server that only acknowledges")
  private @Nullable String against;

  @Option(
      names = "--connections",
      defaultValue = "100",
      description = "MQTT or HTTP connections (default ${DEFAULT-VALUE})")
  private int connections;

  @Option(
      names = "--endpoints",
      defaultValue = "1000",
      description = "CoAP endpoints, one exchange each (default ${DEFAULT-VALUE})")
  private int endpoints;

  @Option(
      names = "--sockets",
      description = "UDP sockets for the endpoints (default: one each, at most 4000)")
  private @Nullable Integer sockets;

  @Option(
      names = "--inflight",
      defaultValue = "20",
      description =
          "unanswered messages for each MQTT or HTTP connection (default ${DEFAULT-VALUE})")
  private int inflight;

  @Option(names = "--qos", defaultValue = "1", description = "0, 1 or 2 (default ${DEFAULT-VALUE})")
  private int qos;

  @Option(
      names = "--version-mqtt",
      defaultValue = "3.1.1",
      description = "3.1.1 or 5 (default ${DEFAULT-VALUE})")
  private String version;

  @Option(
      names = "--size",
      defaultValue = "165",
      description = "payload bytes, at the least (default ${DEFAULT-VALUE})")
  private int size;

  @Option(
      names = "--profile",
      defaultValue = "energy-meter",
      description = "whose metrics to send (default ${DEFAULT-VALUE})")
  private String profile;

  @Option(
      names = "--payload",
      paramLabel = "TEXT",
      description = "each message's payload in place of a profile's JSON; {id} is the user's name")
  private @Nullable String payload;

  @Option(names = "--payload-hex", paramLabel = "HEX", description = "the same, as hex digits")
  private @Nullable String payloadHex;

  @Option(
      names = "--topic",
      defaultValue = "telemetry",
      description = "topic or path (default ${DEFAULT-VALUE}); MQTT: {id} is the user's name")
  private String topic;

  @Option(
      names = "--user",
      defaultValue = "",
      description = "user name pattern, like load-{n:04}; CoAP: device id")
  private String user;

  @Option(
      names = "--password",
      defaultValue = "",
      description = "password pattern, like demo-{id}; CoAP: token")
  private String password;

  @Option(
      names = "--rate",
      defaultValue = "0",
      description = "messages a second, all together; 0 is closed-loop")
  private double rate;

  @Option(
      names = "--duration",
      defaultValue = "10s",
      description = "measured time (default ${DEFAULT-VALUE})")
  private String duration;

  @Option(
      names = "--warmup",
      defaultValue = "3s",
      description = "time before it (default ${DEFAULT-VALUE})")
  private String warmup;

  @Option(
      names = "--drain",
      paramLabel = "D",
      defaultValue = "10s",
      description =
          "how long answers may take after the measured time, at the most (default"
              + " ${DEFAULT-VALUE}); what has none then is unanswered")
  private String drain;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "event loops (default ${DEFAULT-VALUE})")
  private int threads;

  @Option(
      names = {"--pid", "--cpu-of"},
      description = "the server's process: its CPU time and memory are measured")
  private @Nullable Long pid;

  @Option(names = "--json", description = "prints JSON")
  private boolean json;

  @Option(
      names = "--ramp",
      description =
          "finds the highest rate within --p99 and --loss: from --rate (default 1000) on, each step"
              + " a run of --duration")
  private boolean ramp;

  @Option(
      names = "--p99",
      paramLabel = "D",
      defaultValue = "50ms",
      description = "bound of --ramp on the latency of 99 in 100 (default ${DEFAULT-VALUE})")
  private String p99;

  @Option(
      names = "--loss",
      defaultValue = "0",
      description = "bound of --ramp on the share unanswered, 0 to 1 (default ${DEFAULT-VALUE})")
  private double loss;

  /** Of a ramp, 0 where it is none. */
  private double stepRate;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try {
      if (ramp) {
        return ramp();
      }
      LoadResult result = against == null ? load(mqtt, coap, http, pid) : reference(against);
      print(result);
      return result.isWhole() ? 0 : 1;
    } catch (IllegalArgumentException e) {
      spec.commandLine().getErr().println("sim load: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      spec.commandLine().getErr().println("sim load: " + e.getMessage());
      return 1;
    }
  }

  private int ramp() throws IOException, InterruptedException {
    if (against != null) {
      throw new IllegalArgumentException(
          "--ramp goes with --mqtt, --coap or --http, not with --against");
    }
    if (qos == 0) {
      throw new IllegalArgumentException(
          "--ramp goes by latencies, and QoS 0 has none; write --qos 1");
    }
    if (loss < 0 || loss > 1) {
      throw new IllegalArgumentException("--loss is " + loss + "; write a share from 0 to 1");
    }
    KneeSearch.Bounds bounds =
        new KneeSearch.Bounds(DurationText.parse(p99).toNanos() / 1_000, loss);
    KneeSearch search =
        new KneeSearch(
            each -> {
              stepRate = each;
              return load(mqtt, coap, http, pid);
            },
            bounds,
            RAMP_HALVINGS);
    List<KneeSearch.Step> steps = search.from(rate > 0 ? rate : RAMP_FIRST_RATE);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new JsonMapper().writeValueAsString(steps));
    } else {
      out.printf("%12s %12s %10s %10s  %s%n", "rate/s", "answered/s", "p50 us", "p99 us", "");
      steps.stream()
          .sorted(Comparator.comparingDouble(KneeSearch.Step::rate))
          .forEach(step ->
              out.printf(
                  "%,12.0f %,12.0f %,10.0f %,10.0f  %s%n",
                  step.rate(),
                  step.result().ackedPerSecond(),
                  or0(step.result().p50Micros()),
                  or0(step.result().p99Micros()),
                  step.holds() ? "holds" : step.fault()));
      out.printf(
          "highest rate within p99 %s and loss %s: %,.0f/s%n",
          p99,
          loss,
          steps.stream()
              .filter(KneeSearch.Step::holds)
              .mapToDouble(KneeSearch.Step::rate)
              .max()
              .orElse(0));
    }
    out.flush();
    return steps.stream().anyMatch(KneeSearch.Step::holds) ? 0 : 1;
  }

  private static double or0(@Nullable Double micros) {
    return micros == null ? 0 : micros;
  }

  private LoadResult reference(String what) throws IOException, InterruptedException {
    String protocol =
        switch (what) {
          case "bare" -> "mqtt";
          case "bare-coap" -> "coap";
          case "bare-http" -> "http";
          default ->
              throw new IllegalArgumentException(
                  "--against `" + what + "`: write bare, bare-coap or bare-http");
        };
    try (ReferenceProcess process = ReferenceProcess.start(protocol)) {
      URI uri = process.uri();
      return load(
          protocol.equals("mqtt") ? uri : null,
          protocol.equals("coap") ? uri : null,
          protocol.equals("http") ? uri : null,
          process.pid());
    }
  }

  private LoadResult load(
      @Nullable URI mqttUri, @Nullable URI coapUri, @Nullable URI httpUri, @Nullable Long serverPid)
      throws IOException, InterruptedException {
    if (Stream.of(mqttUri, coapUri, httpUri).filter(Objects::nonNull).count() != 1) {
      throw new IllegalArgumentException(
          "name one server: --mqtt URI, --coap URI, --http URI or --against bare");
    }
    if (httpUri != null) {
      checkScheme("--http", httpUri, "http");
      return new LoadRun(plan(httpUri, 8081, connections, inflight)).http(serverPid);
    }
    if (mqttUri != null) {
      checkScheme("--mqtt", mqttUri, "mqtt", "tcp", "mqtts");
      return new LoadRun(plan(mqttUri, 1883, connections, inflight)).mqtt(serverPid);
    }
    if (coapUri == null) {
      throw new IllegalStateException("one of the three is there");
    }
    if ("coaps".equals(coapUri.getScheme())) {
      throw new IllegalArgumentException(
          "`" + coapUri + "`: there is no load over DTLS; write --coap coap://HOST:PORT");
    }
    checkScheme("--coap", coapUri, "coap");
    int opened =
        sockets == null ? Math.min(endpoints, 4000) : within("--sockets", sockets, 1, endpoints);
    LoadResult result = new LoadRun(plan(coapUri, 5683, endpoints, 1)).coap(serverPid, opened);
    if (result.ackedPerSecond() / opened > MOST_PER_SECOND_AND_SOCKET) {
      spec.commandLine()
          .getErr()
          .println(
              "sim load: message ids came round within 247 s, so that the server may have taken some for repeats; use more --sockets");
    }
    return result;
  }

  private static void checkScheme(String option, URI uri, String... schemes) {
    if (!List.of(schemes).contains(String.valueOf(uri.getScheme()))) {
      throw new IllegalArgumentException(
          "`%s`: %s wants %s://".formatted(uri, option, String.join(":// or ", schemes)));
    }
  }

  private LoadPlan plan(URI uri, int port, int peers, int window) {
    if (!SimProfiles.all().containsKey(profile)) {
      throw new IllegalArgumentException(
          "--profile `"
              + profile
              + "` is not one of "
              + String.join(", ", SimProfiles.all().keySet()));
    }
    if (!version.equals("3.1.1") && !version.equals("5")) {
      throw new IllegalArgumentException("--version-mqtt `" + version + "`: write 3.1.1 or 5");
    }
    if (rate < 0) {
      throw new IllegalArgumentException("--rate is messages a second, or 0 for closed-loop");
    }
    Duration warm =
        warmup.equals("0") || warmup.equals("0s") ? Duration.ZERO : DurationText.parse(warmup);
    boolean secure = "mqtts".equals(uri.getScheme());
    if (ca != null && !secure) {
      throw new IllegalArgumentException("--ca is for mqtts://, and the server is `" + uri + "`");
    }
    if (payload != null && payloadHex != null) {
      throw new IllegalArgumentException("give --payload or --payload-hex, one of them");
    }
    if (payloadHex != null && !payloadHex.matches("([0-9A-Fa-f]{2})+")) {
      throw new IllegalArgumentException("--payload-hex `" + payloadHex + "`: no hex digits");
    }
    return new LoadPlan(
        secure ? Endpoints.address(uri, "mqtts", 8883) : Endpoints.address(uri, port),
        within("--connections or --endpoints", peers, 1, 500_000),
        within("--inflight", window, 1, 65_535),
        within("--qos", qos, 0, 2),
        version.equals("5"),
        within("--size", size, 1, 1 << 20),
        stepRate > 0 ? stepRate : rate,
        warm,
        DurationText.parse(duration),
        DurationText.parse(drain),
        user,
        password,
        profile,
        topic,
        within("--threads", threads, 1, 64),
        secure ? trust() : null,
        payloadHex == null ? payload : payloadHex,
        payloadHex != null);
  }

  private SslContext trust() {
    try {
      SslContextBuilder client = SslContextBuilder.forClient();
      return (ca == null ? client : client.trustManager(ca.toFile())).build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--ca `" + ca + "`: no PEM certificates can be read from it: " + e.getMessage(), e);
    }
  }

  private static int within(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          option + " is " + value + "; write " + low + " to " + high);
    }
    return value;
  }

  private void print(LoadResult result) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? new JsonMapper().writeValueAsString(result) : result.text().stripTrailing());
    out.flush();
  }
}
