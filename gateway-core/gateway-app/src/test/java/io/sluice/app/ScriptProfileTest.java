package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.codec.PayloadException;
import io.sluice.cli.ExitCode;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.normalize.sample.Normalized;
import io.sluice.engine.record.StoredJson;
import io.sluice.spool.Terms;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles whose payloads a script reads, from the file to the record. */
class ScriptProfileTest {
  private static final Path LORAWAN = Path.of("../../config/profiles/lorawan");
  private static final String LHT65 = "CBF60B0D0376010ADD7FFF";

  /** Where the shipped profiles are, as the launcher says it. */
  @BeforeAll
  static void home() {
    System.setProperty("sluice.home", Path.of("../..").toAbsolutePath().normalize().toString());
  }

  private final StringWriter said = new StringWriter();

  private int sluice(String... line) {
    PrintWriter out = new PrintWriter(said, true);
    return Main.commandLine(line).setOut(out).setErr(out).execute(line);
  }

  @Test
  void shippedProfilesHaveNoFaultAndEachHasAScript() throws IOException {
    Profiles.Loaded loaded = Profiles.load(List.of(LORAWAN));
    assertThat(loaded.faults()).isEmpty();
    assertThat(loaded.warnings()).isEmpty();
    try (var scripts = Files.list(Path.of("../../config/codecs"))) {
      assertThat(scripts.map(each -> each.getFileName().toString().replace(".js", "")))
          .containsExactlyInAnyOrderElementsOf(loaded.profiles().ids());
    }
    for (String id : loaded.profiles().ids()) {
      assertThat(Objects.requireNonNull(loaded.profiles().find(id)).forms().codec()).isNotNull();
    }
  }

  @Test
  void decodeRunsTheScriptOfAShippedProfile() {
    assertThat(sluice("decode", "--profile", "dragino-lht65", "--hex", LHT65, "--f-port", "2"))
        .as(said.toString())
        .isEqualTo(ExitCode.DONE);
    assertThat(said.toString().replaceAll("\\s", ""))
        .contains("{\"n\":\"temperature\",\"v\":28.29,\"u\":\"Cel\"")
        .contains("{\"n\":\"humidity\",\"v\":88.6,\"u\":\"%RH\"")
        .contains("{\"n\":\"batteryVoltage\",\"v\":3.062,\"u\":\"V\"");
  }

  @Test
  void decodeTellsWhatTheScriptSays() {
    assertThat(sluice("decode", "--profile", "dragino-lht65", "--hex", LHT65, "--f-port", "9"))
        .isEqualTo(ExitCode.FAILED);
    assertThat(said.toString())
        .contains("dragino-lht65.js says: port 9 is none of the LHT65's; it sends on 2, 3 and 5");
    assertThat(sluice("decode", "--profile", "dragino-lht65", "--hex", "00", "--f-port", "256"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(said.toString()).contains("--f-port: 256 is none; write 0 to 255");
  }

  /** The network server's frame is the dialect's, the bytes in it the script's, by its port. */
  @Test
  void bytesAndPortOfAChirpStackUplinkReachTheScript() {
    String data = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(LHT65));
    assertThat(
            sluice(
                "decode",
                "--profile",
                "dragino-lht65",
                "--dialect",
                "chirpstack",
                "--topic",
                "application/1/device/a84041ffff000001/event/up",
                "--text",
                "{\"deviceInfo\":{\"devEui\":\"a84041ffff000001\"},\"fCnt\":7,\"fPort\":2,\"data\":\"%s\"}"
                    .formatted(data)))
        .as(said.toString())
        .isEqualTo(ExitCode.DONE);
    assertThat(said.toString().replaceAll("\\s", ""))
        .contains("{\"n\":\"temperature\",\"v\":28.29,\"u\":\"Cel\"")
        .contains("{\"n\":\"externalTemperature\",\"v\":27.81");
  }

  @Test
  void faultOfAScriptIsToldWithItsPlace(@TempDir Path folder) throws IOException {
    Path profiles = Files.createDirectory(folder.resolve("profiles"));
    Path codecs = Files.createDirectory(folder.resolve("codecs"));
    Files.writeString(profiles.resolve("broken.yaml"), "codec: script\nscript: broken.js\n");
    Files.writeString(profiles.resolve("lost.yaml"), "codec: script\nscript: lost.js\n");
    Files.writeString(profiles.resolve("none.yaml"), "codec: script\n");
    Files.writeString(profiles.resolve("json.yaml"), "codec: json\nscript: broken.js\n");
    Path broken =
        Files.writeString(
            codecs.resolve("broken.js"), "function decodeUplink(input) {\n  return {data: };\n}\n");
    List<String> faults = Profiles.load(List.of(profiles)).faults();
    assertThat(faults)
        .hasSize(4)
        .anySatisfy(fault -> assertThat(fault).startsWith(broken.toRealPath() + ":2:"))
        .anySatisfy(fault ->
            assertThat(fault)
                .startsWith(profiles.resolve("lost.yaml") + ":2:")
                .contains("script: there is no file \"lost.js\" beside the profile"))
        .anySatisfy(fault ->
            assertThat(fault)
                .startsWith(profiles.resolve("none.yaml") + ":1:")
                .contains("codec: wants a file; write script: FILE.js"))
        .anySatisfy(fault ->
            assertThat(fault)
                .startsWith(profiles.resolve("json.yaml") + ":2:")
                .contains("script: wants codec: script beside it"));
  }

  @Test
  void warningsAndBadValuesAreKeptWithTheirReasons(@TempDir Path folder)
      throws IOException, PayloadException {
    Files.writeString(
        folder.resolve("p.yaml"),
        "codec: script\nscript: p.js\nmetrics: { a: { unit: Cel, max: 50 }, b: {}, c: {} }\n");
    Files.writeString(
        folder.resolve("p.js"),
        "function decodeUplink(i) { return {data: {a: 99, b: NaN, c: 1, time: 1767225590},"
            + " warnings: ['battery low']}; }");
    Normalized record = normalize(Profiles.load(List.of(folder)).profiles(), "p", new byte[] {1});
    assertThat(Objects.requireNonNull(record.faults()).detail())
        .contains("p.js says: battery low")
        .contains("1 more");
    assertThat(json(record))
        .contains("\"n\":\"a\",\"v\":99,\"u\":\"Cel\",\"q\":\"bad\",\"qr\":\"RANGE\"")
        .contains("\"n\":\"b\",\"v\":\"NaN\",\"u\":null,\"q\":\"bad\",\"qr\":\"SENSOR\"")
        .contains("\"n\":\"c\",\"v\":1")
        .contains("\"t\":1767225590000000,\"tsrc\":\"device\"");
  }

  @Test
  void profileThatToleratesNothingTakesWarnings(@TempDir Path folder)
      throws IOException, PayloadException {
    Files.writeString(
        folder.resolve("p.yaml"),
        "codec: script\nscript: p.js\ntolerate: none\nmetrics: { a: {} }\n");
    Files.writeString(
        folder.resolve("p.js"),
        "function decodeUplink(i) { return {data: {a: 1}, warnings: ['battery low']}; }");
    Normalized record = normalize(Profiles.load(List.of(folder)).profiles(), "p", new byte[] {1});
    assertThat(Objects.requireNonNull(record.faults()).detail()).contains("battery low");
  }

  private static Normalized normalize(Profiles profiles, String profile, byte[] payload)
      throws PayloadException {
    Device device =
        new Device(new DeviceId("d"), profile, "farm", "north", null, null, true, true, false);
    return new Normalizer("gw", profiles)
        .normalize(
            device,
            MessageClass.TELEMETRY,
            ContentType.UNSPECIFIED,
            "mqtt",
            "telemetry",
            payload,
            1_767_225_600_000_000L);
  }

  private static String json(Normalized record) {
    return StoredJson.of(record.body(), record.messageClass().lane(), 1, "e", Terms.NONE);
  }
}
