package io.sluice.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Adapter;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands to devices that ask for them. */
class CommandPollTest {
  private static final String AUTH =
      "Host: g\r\nAuthorization: " + HttpContractTest.basic("d1", "pw") + "\r\n\r\n";

  private final RecordingGateway gateway = new RecordingGateway().device("d1", "pw");
  private final Adapter adapter =
      new HttpAdapterFactory().create("http", HttpSettings.onLoopback(0));
  private RawHttp client;

  @BeforeEach
  void start() throws IOException {
    adapter.start(gateway);
    client = new RawHttp(AdapterContract.port(adapter));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    adapter.close();
    gateway.close();
  }

  private static Command command(String id) {
    return new Command(
        id,
        new DeviceId("d1"),
        "reboot",
        ContentType.JSON,
        "{\"delay\":5}".getBytes(UTF_8),
        1,
        Long.MAX_VALUE);
  }

  private RawHttp.Response get(String path) throws IOException {
    return client.send("GET " + path + " HTTP/1.1\r\n" + AUTH).next();
  }

  @Test
  void oldestCommandThatWaitsIsGivenAndAcknowledgedByTheNextRequest() throws IOException {
    assertThat(get("/command").status()).isEqualTo(204);
    gateway.submit(command("c1"));
    RawHttp.Response given = get("/command");
    assertThat(given.status()).isEqualTo(200);
    assertThat(given.field("content-type")).isEqualTo("application/json");
    assertThat(given.field("x-sluice-command")).isEqualTo("reboot");
    assertThat(given.field("x-sluice-command-id")).isEqualTo("c1");
    assertThat(given.body()).isEqualTo("{\"delay\":5}");
    assertThat(get("/command?ack=c1").status()).isEqualTo(204);
    assertThat(client.send("DELETE /command/c2 HTTP/1.1\r\n" + AUTH).next().status())
        .isEqualTo(204);
    assertThat(gateway.acknowledgedCommands()).containsExactly("c1", "c2");
    assertThat(get("/command?wait=soon").status()).isEqualTo(400);
    assertThat(client.send("POST /command HTTP/1.1\r\n" + AUTH).next().field("allow"))
        .isEqualTo("GET, OPTIONS");
  }

  @Test
  void requestThatWaitsIsAnsweredByTheCommandAsItComes() throws IOException {
    client.send("GET /command?wait=50s HTTP/1.1\r\n" + AUTH);
    await().until(() -> gateway.link("d1") != null);
    gateway.submit(command("c1"));
    assertThat(client.next().field("x-sluice-command-id")).isEqualTo("c1");
    await().until(() -> gateway.link("d1") == null);
    assertThat(get("/time").status()).as("the connection goes on").isEqualTo(200);
  }

  @Test
  void commandThatIsWithTheLinkStillIsLookedForAgain() throws IOException {
    client.send("GET /command?wait=50s HTTP/1.1\r\n" + AUTH);
    await().until(() -> gateway.link("d1") != null);
    gateway.pollsInVain.set(3);
    gateway.submit(command("c1"));
    assertThat(client.next().field("x-sluice-command-id")).isEqualTo("c1");
  }

  @Test
  void requestThatWaitsInVainIsToldSoAndOneWhoseClientHasGoneLeavesNoLink() throws IOException {
    long begin = System.nanoTime();
    assertThat(get("/command?wait=100ms").status()).isEqualTo(204);
    assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(90));
    assertThat(gateway.link("d1")).isNull();
    client.send("GET /command?wait=50s HTTP/1.1\r\n" + AUTH);
    await().until(() -> gateway.link("d1") != null);
    client.close();
    await().until(() -> gateway.link("d1") == null);
    gateway.submit(command("c1"));
    client = new RawHttp(AdapterContract.port(adapter));
    assertThat(get("/command").field("x-sluice-command-id")).isEqualTo("c1");
  }

  @Test
  void laterRequestOfADeviceEndsTheOneThatWaits() throws IOException {
    client.send("GET /command?wait=50s HTTP/1.1\r\n" + AUTH);
    await().until(() -> gateway.link("d1") != null);
    try (RawHttp other = new RawHttp(AdapterContract.port(adapter))) {
      other.send("GET /command?wait=50s HTTP/1.1\r\n" + AUTH);
      assertThat(client.next().status()).isEqualTo(204);
      gateway.submit(command("c1"));
      assertThat(other.next().status()).isEqualTo(200);
    }
  }

  @Test
  void deviceThatIsRemovedWhileItWaitsIsAnswered() throws IOException {
    client.send("GET /command?wait=50s HTTP/1.1\r\n" + AUTH);
    await().until(() -> gateway.link("d1") != null);
    gateway.remove("d1");
    assertThat(client.next().status()).isEqualTo(204);
    assertThat(get("/command?wait=50s").status()).isEqualTo(401);
  }
}
