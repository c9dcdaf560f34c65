package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.Authority;
import io.sluice.adapter.testkit.Authority.Signed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How devices come in and are thrown out, with the packaged gateway and Debian's clients. */
class ProvisioningIT {
  @TempDir Path directory;

  private Setup setup;
  private Authority authority;
  private GatewayProcess gateway;

  @BeforeEach
  void start() throws Exception {
    authority = Authority.create(directory.resolve("ca"));
    setup = new Setup(directory);
    Path config =
        setup.config(
            authority.server(),
            ", client-auth: optional, client-ca: " + authority.certificate(),
            """
            access:
              just-in-time:
                - { ca: %s, profile: cnc, sector: factory, site: hall-3 }
            """
                .formatted(authority.certificate()));
    gateway = GatewayProcess.start(config);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private String sluice(int exitCode, String... arguments) {
    return CommandLines.run(exitCode, gateway, arguments).strip();
  }

  private Tool pub(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "mosquitto_pub",
                "-h",
                "localhost",
                "-p",
                String.valueOf(gateway.port("mqtts")),
                "--cafile",
                authority.certificate().toString(),
                "-V",
                "5",
                "-q",
                "1",
                "-t",
                "telemetry",
                "-m",
                "{\"spindleSpeed\":1}"));
    command.addAll(List.of(arguments));
    return Tool.run(command.toArray(String[]::new));
  }

  private Tool pub(Signed client, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("--cert", client.certificate().toString(), "--key", client.key().toString()));
    arguments.addAll(List.of(more));
    return pub(arguments.toArray(String[]::new));
  }

  @Test
  void certificateOfTheTrustedAuthorityRegistersItsDevice() throws Exception {
    Signed probe = authority.client("/OU=soil-probe/CN=probe-1");
    pub(probe).succeeded();
    await().until(() -> setup.archive().records().size() == 1);
    assertThat(setup.archive().records().getFirst().get("device").stringValue())
        .isEqualTo("probe-1");
    assertThat(setup.archive().records().getFirst().get("model").stringValue())
        .isEqualTo("soil-probe");
    assertThat(pub(probe, "-u", "meter-1").output()).containsIgnoringCase("not authori");
    sluice(0, "device", "revoke", "probe-1");
    assertThat(pub(probe).exitCode()).isNotZero();
  }

  @Test
  void claimGivesTheDeviceATokenOverItsCommands() throws Exception {
    String claim =
        sluice(
            0,
            "claim",
            "issue",
            "hall-3",
            "--profile",
            "cnc",
            "--sector",
            "factory",
            "--site",
            "hall-3",
            "--pattern",
            "press-*");
    assertThat(sluice(0, "claim", "list")).contains("hall-3").contains("press-*");
    Tool first =
        Tool.run(
            "mosquitto_sub",
            "-h",
            "localhost",
            "-p",
            String.valueOf(gateway.port("mqtts")),
            "--cafile",
            authority.certificate().toString(),
            "-u",
            "press-7",
            "-P",
            claim,
            "-q",
            "1",
            "-t",
            "command/#",
            "-C",
            "1",
            "-W",
            "60");
    String own =
        GatewayProcess.JSON.readTree(first.succeeded().output()).get("token").stringValue();
    pub("-u", "press-7", "-P", own).succeeded();
    assertThat(pub("-u", "press-8", "-P", claim).exitCode()).isNotZero();
    assertThat(sluice(0, "claim", "list")).doesNotContain("hall-4");
  }

  @Test
  void revocationClosesTheLiveSessionAtOnce() throws Exception {
    Process session =
        new ProcessBuilder(
                "mosquitto_sub",
                "-h",
                "localhost",
                "-p",
                String.valueOf(gateway.port("mqtts")),
                "--cafile",
                authority.certificate().toString(),
                "-V",
                "5",
                "-u",
                "meter-1",
                "-P",
                "secret-1",
                "-t",
                "command/#",
                "-d")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("session.out").toFile())
            .start();
    try {
      await().until(() -> gateway.get("/api/v1/devices/meter-1").get("connected").booleanValue());
      sluice(0, "device", "revoke", "meter-1");
      await()
          .untilAsserted(() ->
              assertThat(gateway.get("/api/v1/devices/meter-1").get("connected").booleanValue())
                  .isFalse());
    } finally {
      session.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    assertThat(pub("-u", "meter-1", "-P", "secret-1").exitCode()).isNotZero();
    Path password = Files.writeString(directory.resolve("next"), "secret-2-of-meter\n");
    sluice(0, "device", "rotate", "meter-1", "--password-file", password.toString());
    pub("-u", "meter-1", "-P", "secret-2-of-meter").succeeded();
  }

  @Test
  void hundredThousandDevicesAreImportedWithAReportOfEachRefusedLine() throws Exception {
    StringBuilder csv = new StringBuilder("id,profile,sector,site,credentials.token\n");
    for (int i = 1; i <= 100_000; i++) {
      String profile = i == 500 ? "cnk" : "cnc";
      String id = i == 70_000 ? "bulk 1" : "bulk-" + i;
      csv.append(id).append(',').append(profile).append(",factory,hall-").append(i % 50);
      csv.append(",token-of-device-").append(i == 90_000 ? 1 : i).append('\n');
    }
    Path file = Files.writeString(directory.resolve("devices.csv"), csv);
    String report = sluice(1, "device", "import", file.toString());
    assertThat(report.lines().toList())
        .hasSize(4)
        .anyMatch(line -> line.contains("devices.csv:501: bulk-500: ") && line.contains("cnc"))
        .anyMatch(line -> line.contains("devices.csv:70001: bulk 1: ") && line.contains("id"))
        .anyMatch(line -> line.contains("devices.csv:90001: bulk-90000: "))
        .anyMatch(line -> line.equals("99997 added, 0 replaced, 3 refused"));
    pub("-u", "bulk-99999", "-P", "token-of-device-99999").succeeded();
  }
}
