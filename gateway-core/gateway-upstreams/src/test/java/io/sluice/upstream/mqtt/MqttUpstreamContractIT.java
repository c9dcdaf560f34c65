package io.sluice.upstream.mqtt;

import io.sluice.adapter.testkit.UpstreamContract;
import io.sluice.api.upstream.Upstream;
import io.sluice.testkit.Mosquitto;
import io.sluice.testkit.TcpRelay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MqttUpstreamContractIT implements UpstreamContract {
  @TempDir private Path directory;

  /** A broker behind a line that can be cut. */
  private record Broker(Mosquitto mosquitto, TcpRelay line) implements FarEnd {
    @Override
    public List<String> ids() {
      return mosquitto.received().stream()
          .filter(text -> text.startsWith("{\"id\":\""))
          .map(text -> text.substring("{\"id\":\"".length(), text.indexOf("\",\"pad")))
          .toList();
    }

    @Override
    public void goAway() throws IOException {
      line.cut();
    }

    @Override
    public void comeBack() {
      line.join();
    }

    @Override
    public void close() throws IOException {
      line.close();
      mosquitto.close();
    }
  }

  @Override
  public FarEnd farEnd() throws IOException {
    Mosquitto mosquitto = new Mosquitto(directory);
    mosquitto.subscribe("%p");
    return new Broker(mosquitto, new TcpRelay(mosquitto.port));
  }

  @Override
  public Upstream upstream(FarEnd farEnd) {
    MqttSettings settings =
        new MqttSettings(
            URI.create("tcp://127.0.0.1:" + ((Broker) farEnd).line().port),
            "sluice/{class}/{device}",
            1,
            "5",
            null,
            null,
            null,
            1_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(45),
            null,
            false);
    return new MqttUpstreamFactory().create("edge-01", "cloud", settings);
  }
}
