package io.sluice.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.config.Bytes;
import io.sluice.api.config.Secret;
import io.sluice.engine.config.ConfigLoader.Faulty;
import io.sluice.engine.config.ConfigLoader.Loaded;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import io.sluice.engine.config.GatewayConfig.UpstreamConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  static final String MINIMAL =
      """
      gateway: { id: edge-01 }
      listeners: { mqtt: }
      upstreams: [ { name: archive, type: file, directory: out } ]
      """;

  static final String FULL =
      """
      gateway: { id: edge-01, data: /data }
      listeners:
        mqtt:
          host: ${HOST}
          port: ${PORT:-1884}
          max-packet: 1MB
          connect-timeout: 500ms
          tls: { certificate: c.pem, key-password: s3cret }
        coap: { port: 0 }
      admin: { host: 0.0.0.0, token: ${TOKEN}, allow-plaintext-beyond-loopback: true }
      access: { anonymous: true }
      upstreams:
        - name: archive
          type: file
          directory: /out
          mode: fast
          ratio: 0.25
          peer: tcp://[::1]:1
          words: [ x ]
          properties: { acks: 1 }
          compress: true
          format: senml-json
          live-share: 70
      """;

  @TempDir private Path directory;

  private ConfigLoader.Result parse(String text) {
    return ConfigLoader.parse(
        directory.resolve("s.yaml"),
        text,
        TestTypes.TYPES,
        Map.of("HOST", "127.0.0.1", "TOKEN", "t0ken-of-more-than-16"));
  }

  private GatewayConfig loaded(String text) {
    ConfigLoader.Result result = parse(text);
    assertThat(result).as("%s", result).isInstanceOf(Loaded.class);
    return ((Loaded) result).config();
  }

  /** Faults without the directory. */
  private List<String> faults(String text) {
    ConfigLoader.Result result = parse(text);
    assertThat(result).isInstanceOf(Faulty.class);
    return ((Faulty) result)
        .faults().stream().map(f -> f.toString().replace(directory + "/", "")).toList();
  }

  /** The faults of an upstream's keys, which begin on line 3 at column 46. */
  private List<String> upstreamFaults(String keys) {
    return faults(MINIMAL.replace("directory: out", "directory: out, " + keys));
  }

  @Test
  void minimalFileTakesAllDefaults() {
    GatewayConfig config = loaded(MINIMAL);
    assertThat(config.gateway().id()).isEqualTo("edge-01");
    assertThat(config.gateway().data()).isEqualTo(directory.resolve("var"));
    assertThat(config.admin()).isNull();
    assertThat(config.listeners().get("mqtt").settings())
        .isEqualTo(
            new TestTypes.Mqtt(
                "0.0.0.0", 1883, new Bytes(256 << 10), Duration.ofSeconds(10), null));
    assertThat(config.section(TestTypes.Access.class)).isEqualTo(new TestTypes.Access(false, null));
    UpstreamConfig upstream = config.upstreams().getFirst();
    assertThat(upstream.forward().batchRecords()).isEqualTo(2000);
    assertThat(upstream.settings())
        .isEqualTo(
            new TestTypes.FileTarget(
                directory.resolve("out"),
                TestTypes.Mode.VERY_SAFE,
                0.5,
                null,
                List.of("a", "b"),
                Map.of(),
                false));
  }

  @Test
  void formatThatAnUpstreamCannotTakeIsAFaultAtItsKey() {
    assertThat(upstreamFaults("format: senml-cbor"))
        .containsExactly("s.yaml:3:59: upstreams[0].format: has no lines; write another");
  }

  @Test
  void twoUpstreamsInOnePlaceAreAFault() {
    String second = ", { name: b, type: file, directory: ./x/../out } ]";
    assertThat(faults(MINIMAL.replace(" ]", second)))
        .containsExactly(
            "s.yaml:3:84: upstreams[1].directory: is that of upstream \"archive\" already; give"
                + " each its own");
  }

  @Test
  void everyOptionTypeIsRead() {
    GatewayConfig config = loaded(FULL);
    assertThat(config.gateway().data()).isEqualTo(Path.of("/data"));
    assertThat(config.admin().token()).isEqualTo(new Secret("t0ken-of-more-than-16"));
    assertThat(config.listeners())
        .containsEntry("coap", new AdapterConfig("coap", "coap", new TestTypes.Coap(0)))
        .containsEntry(
            "mqtt",
            new AdapterConfig(
                "mqtt",
                "mqtt",
                new TestTypes.Mqtt(
                    "127.0.0.1",
                    1884,
                    new Bytes(1 << 20),
                    Duration.ofMillis(500),
                    new TestTypes.Tls(directory.resolve("c.pem"), new Secret("s3cret")))));
    UpstreamConfig upstream = config.upstreams().getFirst();
    assertThat(upstream.forward().liveShare()).isEqualTo(70);
    assertThat(upstream.settings())
        .isEqualTo(
            new TestTypes.FileTarget(
                Path.of("/out"),
                TestTypes.Mode.FAST,
                0.25,
                URI.create("tcp://[::1]:1"),
                List.of("x"),
                Map.of("acks", "1"),
                true));
  }

  @Test
  void secretsAreNeverPrinted() {
    assertThat(loaded(FULL).toString())
        .doesNotContain("t0ken-of-more-than-16")
        .doesNotContain("s3cret");
  }

  @Test
  void aShortAdminTokenIsRefusedWhereverItStandsAndIsNotShown() throws Exception {
    Files.writeString(directory.resolve("token"), "s3cr3t-of-15-ch\n");
    String remedy =
        "the secret is not allowed here; take a long random one of 16 characters or more: openssl"
            + " rand -base64 24";
    assertThat(faults(MINIMAL + "admin: { token: s3cr3t-of-15-ch }"))
        .containsExactly("s.yaml:4:17: admin.token: " + remedy);
    assertThat(faults(MINIMAL + "admin: { token-file: token }"))
        .containsExactly("s.yaml:4:22: admin.token-file: token: " + remedy);
  }

  @Test
  void secretIsReadFromAFile() throws Exception {
    Files.writeString(directory.resolve("token"), "abc-of-more-than-16\n");
    Files.writeString(directory.resolve("empty"), "\n");
    Secret token = loaded(MINIMAL + "admin: { token-file: token }").admin().token();
    assertThat(token).isNotNull();
    assertThat(token.value()).isEqualTo("abc-of-more-than-16");
    assertThat(token.file()).isEqualTo(directory.resolve("token"));
    assertThat(faults(MINIMAL + "admin: { token-file: none }"))
        .containsExactly(
            "s.yaml:4:22: admin.token-file: the secret's file none cannot be read; check path and"
                + " rights");
    assertThat(faults(MINIMAL + "admin: { token-file: empty }"))
        .containsExactly("s.yaml:4:22: admin.token-file: empty is empty; write the secret into it");
    assertThat(faults(MINIMAL + "admin: { token: x-of-more-than-16, token-file: token }"))
        .containsExactly(
            "s.yaml:4:48: admin.token-file: is given beside \"token\"; remove one of the two");
  }

  @Test
  void unknownKeysSuggestTheNearest() {
    assertThat(faults(MINIMAL.replace("gateway:", "gatewya:")))
        .containsExactly(
            "s.yaml:1:1: gatewya: is not a known key; did you mean \"gateway\"?",
            "s.yaml:1:1: gateway: is missing; add gateway: { id: edge-01 }");
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { prot: 1 }")))
        .containsExactly(
            "s.yaml:2:22: listeners.mqtt.prot: is not a known key; did you mean \"port\"?");
    assertThat(upstreamFaults("liveShare: 3"))
        .containsExactly(
            "s.yaml:3:59: upstreams[0].liveShare: is not a known key; did you mean"
                + " \"live-share\"?");
    assertThat(faults(MINIMAL + "access: { zzzzzz: 1 }"))
        .containsExactly(
            "s.yaml:4:11: access.zzzzzz: is not a known key; known are anonymous, word");
  }

  @Test
  void unknownKindsOfListenerSuggestTheNearestAndPromisedOnesSaySo() {
    assertThat(faults(MINIMAL.replace("mqtt:", "mqt:, coaps:")))
        .containsExactly(
            "s.yaml:2:14: listeners.mqt: is not a kind of listener; did you mean \"mqtt\"?",
            "s.yaml:2:20: listeners.coaps: this build has no such listener; remove it, or install"
                + " an adapter for it (there are: coap, mqtt)");
  }

  @Test
  void wrongTypesSayWhatToWrite() {
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { port: \"18\" }")))
        .containsExactly(
            "s.yaml:2:28: listeners.mqtt.port: must be a whole number, not \"18\"; write a whole"
                + " number from 0 to 65535");
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { connect-timeout: 10 }")))
        .containsExactly(
            "s.yaml:2:39: listeners.mqtt.connect-timeout: must be a duration, not 10; write a"
                + " duration from 100ms to 1m, such as 500ms, 10s, 5m, 1h or 2d");
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { max-packet: 1XB }")))
        .containsExactly(
            "s.yaml:2:34: listeners.mqtt.max-packet: must be a number of bytes, not \"1XB\"; write"
                + " a number of bytes from 1KB to 256MB, such as 512, 64KB, 64MB or 2GB");
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: 5")))
        .containsExactly(
            "s.yaml:2:20: listeners.mqtt: must be a mapping, not 5; write its keys below it: host,"
                + " port, max-packet, connect-timeout, tls, type, dialects");
    assertThat(upstreamFaults("compress: yes"))
        .containsExactly(
            "s.yaml:3:69: upstreams[0].compress: must be true or false, not \"yes\"; write true or"
                + " false");
    assertThat(upstreamFaults("mode: [ fast ]"))
        .containsExactly(
            "s.yaml:3:65: upstreams[0].mode: must be one of fast, very-safe, not a list; write one"
                + " of them");
    assertThat(upstreamFaults("mode: fats"))
        .containsExactly(
            "s.yaml:3:65: upstreams[0].mode: must be one of fast, very-safe, not \"fats\"; did you"
                + " mean \"fast\"?");
    assertThat(upstreamFaults("peer: localhost"))
        .containsExactly(
            "s.yaml:3:65: upstreams[0].peer: must be a URI, not \"localhost\"; write for example"
                + " tcp://127.0.0.1:1883");
    for (String uri :
        List.of("tcp://user:hunter2@h:1", "ssl://hunter2@h:1", "https://u:hunter2@my_host/x?y=1")) {
      assertThat(upstreamFaults("peer: \"" + uri + "\""))
          .containsExactly(
              "s.yaml:3:65: upstreams[0].peer: must not hold a user or a password before the host;"
                  + " write them under their own keys, the password in a file (-file)");
    }
    assertThat(upstreamFaults("words: x"))
        .containsExactly(
            "s.yaml:3:66: upstreams[0].words: must be a list, not \"x\"; write [ ... ] or lines"
                + " with -");
    assertThat(upstreamFaults("words: [ { a: b } ]"))
        .containsExactly(
            "s.yaml:3:68: upstreams[0].words[0]: must be text, not a mapping; write text");
    assertThat(upstreamFaults("ratio:"))
        .containsExactly(
            "s.yaml:3:65: upstreams[0].ratio: must be a number, not nothing; write a number from 0"
                + " to 1");
    assertThat(faults(MINIMAL + "access: { word: A1 }"))
        .containsExactly(
            "s.yaml:4:17: access.word: \"A1\" is not allowed here; write lower-case letters");
  }

  @Test
  void outOfRangeNamesTheRange() {
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { port: 70000 }")))
        .containsExactly(
            "s.yaml:2:28: listeners.mqtt.port: 70000 is out of range; write a whole number from 0"
                + " to 65535");
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { connect-timeout: 2h }")))
        .containsExactly(
            "s.yaml:2:39: listeners.mqtt.connect-timeout: 2h is out of range; write a duration"
                + " from 100ms to 1m");
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { max-packet: 1TB }")))
        .containsExactly(
            "s.yaml:2:34: listeners.mqtt.max-packet: 1TB is out of range; write a number of bytes"
                + " from 1KB to 256MB");
  }

  @Test
  void missingPartsSayWhatToAdd() {
    assertThat(faults("{}"))
        .containsExactly(
            "s.yaml:1:1: gateway: is missing; add gateway: { id: edge-01 }",
            "s.yaml:1:1: listeners: is missing; name at least one, for example listeners: { mqtt:"
                + " { port: 1883 } }",
            "s.yaml:1:1: upstreams: is missing; name at least one, for example upstreams: [ {"
                + " name: archive, type: file, directory: ./var/archive } ]");
    assertThat(faults(MINIMAL.replace("directory: out", "")))
        .containsExactly(
            "s.yaml:3:14: upstreams[0].directory: is missing; add \"directory:\" - Where to.");
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { tls: {} }")))
        .containsExactly(
            "s.yaml:2:27: listeners.mqtt.tls.certificate: is missing; add \"certificate:\" -"
                + " Chain.");
  }

  @Test
  void rulesOverSeveralOptionsAreChecked() {
    assertThat(faults(MINIMAL.replace("mqtt:", "mqtt: { port: 13 }")))
        .containsExactly("s.yaml:2:22: listeners.mqtt.port: is unlucky; take another");
    assertThat(faults(MINIMAL + "admin: { host: 0.0.0.0 }"))
        .containsExactly(
            "s.yaml:4:10: admin.host: \"0.0.0.0\" can be reached from other machines and no token"
                + " is set; set admin.token (or token-file) or admin.tokens, or bind 127.0.0.1",
            "s.yaml:4:10: admin.host: \"0.0.0.0\" can be reached from other machines and tls is"
                + " missing; give admin.tls a certificate and key, bind 127.0.0.1, or write"
                + " allow-plaintext-beyond-loopback: true");
  }

  @Test
  void variableThatIsEmptyLeavesAnOptionOut() {
    assertThat(loaded(MINIMAL + "admin: { token: \"${NONE:-}\" }").admin().token()).isNull();
  }

  @Test
  void upstreamsHaveKnownTypesAndUniqueNames() {
    assertThat(
            faults(
                """
                gateway: { id: edge-01 }
                listeners: { mqtt: }
                upstreams:
                  - { name: a, type: fiel }
                  - { name: a, type: file, directory: x }
                  - { type: file, directory: x }
                  - { name: "a b", type: file, directory: x }
                """))
        .containsExactly(
            "s.yaml:4:22: upstreams[0].type: \"fiel\" is not a type of upstream; did you mean"
                + " \"file\"?",
            "s.yaml:5:13: upstreams[1].name: \"a\" is taken by the upstream on line 4; choose"
                + " another",
            "s.yaml:6:5: upstreams[2].name: is missing; add \"name:\" - Name of the upstream,"
                + " unique here; its place in the spool is kept by it.",
            "s.yaml:7:13: upstreams[3].name: \"a b\" is not allowed here; write 1 to 64 letters,"
                + " digits and . _ -, and not . or .. alone");
  }

  @Test
  void pathsOfProfilesAndDevicesAreThere() {
    assertThat(loaded(MINIMAL + "profiles: [ . ]").profiles()).containsExactly(directory);
    assertThat(faults(MINIMAL + "devices: [ none.yaml ]"))
        .containsExactly(
            "s.yaml:4:12: devices[0]: there is no none.yaml; make it, or mend the path (it is"
                + " relative to this file's directory)");
    assertThat(faults(MINIMAL + "devices: none.yaml"))
        .containsExactly(
            "s.yaml:4:10: devices: must be a list, not \"none.yaml\"; write [ devices-path ]");
  }

  @Test
  void allFaultsComeInOnePass() {
    assertThat(
            faults(
                """
                gateway: { id: "a b" }
                listeners: { mqtt: { port: x, hots: y }, coap: { port: -1 } }
                access: { anonymous: 1 }
                upstreams: [ { name: a, type: file, directory: ${NONE}, live-share: 100 } ]
                """))
        .hasSize(7);
  }
}
