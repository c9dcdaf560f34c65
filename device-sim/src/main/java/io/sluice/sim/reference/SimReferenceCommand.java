package io.sluice.sim.reference;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a server that acknowledges and drops: what others' figures are compared with. */
@Command(
    name = "reference",
    description = "Runs a bare server that acknowledges every message and drops it.",
    mixinStandardHelpOptions = true)
public final class SimReferenceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "PROTOCOL", description = "mqtt, coap or http")
  private String protocol;

  @Option(
      names = "--port",
      defaultValue = "0",
      description = "0 takes a free one, which is printed")
  private int port;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "event loops of the MQTT or HTTP server; 0: one for each processor")
  private int threads;

  @Option(
      names = "--untuned",
      description =
          "coap: with Californium's defaults, whose deduplicator keeps each exchange 247 s")
  private boolean untuned;

  @Override
  public Integer call() throws IOException, InterruptedException {
    switch (protocol) {
      case "mqtt" -> {
        try (BareMqttServer server = BareMqttServer.start(port, threads)) {
          serve("mqtt://127.0.0.1:" + server.port());
        }
      }
      case "coap" -> {
        try (BareCoapServer server = BareCoapServer.start(port, !untuned)) {
          serve("coap://127.0.0.1:" + server.port());
        }
      }
      case "http" -> {
        try (BareHttpServer server = BareHttpServer.start(port, threads)) {
          serve("http://127.0.0.1:" + server.port());
        }
      }
      default -> {
        spec.commandLine()
            .getErr()
            .println("sim reference: `" + protocol + "` is none of mqtt, coap and http");
        return 2;
      }
    }
    return 0;
  }

  private void serve(String address) throws InterruptedException {
    spec.commandLine().getOut().println("ready " + address);
    spec.commandLine().getOut().flush();
    new CountDownLatch(1).await();
  }
}
