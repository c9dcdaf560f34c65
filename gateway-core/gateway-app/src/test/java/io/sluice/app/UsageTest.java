package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.cli.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command says, and by which exit code, when it was used wrongly. */
class UsageTest {
  private final StringWriter said = new StringWriter();

  private int sluice(String... line) {
    PrintWriter out = new PrintWriter(said, true);
    return Main.commandLine(line).setOut(out).setErr(out).execute(line);
  }

  /** The gateway knows which values there are: its 400 is bad usage of the command. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "coverage --window 2h",
        "coverage --by foo",
        "coverage report --month 2999-01",
        "alarms --state foo",
        "alarms --limit 0",
        "device show bad:id"
      })
  void whatTheGatewayCallsABadRequestIsBadUsage(String command) throws Exception {
    HttpServer gateway =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/",
        exchange -> {
          byte[] body =
              "{\"status\":400,\"error\":\"no such thing; write another\"}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(400, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    gateway.start();
    try {
      String admin = "http://127.0.0.1:" + gateway.getAddress().getPort();
      String[] line =
          Stream.concat(Arrays.stream(command.split(" ", -1)), Stream.of("--admin", admin))
              .toArray(String[]::new);
      assertThat(sluice(line)).as(said.toString()).isEqualTo(ExitCode.USAGE);
      assertThat(said.toString()).isEqualToIgnoringNewLines("sluice: no such thing; write another");
    } finally {
      gateway.stop(0);
    }
  }

  @Test
  void aLimitOfNoneIsBadUsage() {
    assertThat(sluice("device", "list", "--limit", "0")).isEqualTo(ExitCode.USAGE);
    assertThat(said.toString()).contains("--limit must be 1 or more");
  }

  @Test
  void anAuditLogThatIsNotThereIsBadUsage(@TempDir Path directory) {
    String none = directory.resolve("none").toString();
    assertThat(sluice("audit", "verify", "--data", none)).isEqualTo(ExitCode.USAGE);
    assertThat(sluice("audit", "head", "--data", none)).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void helpIsACommandAndAnOptionIsGuessed() {
    assertThat(sluice("help")).isZero();
    assertThat(said.toString()).contains("Industrial IoT access gateway", "support-bundle");
    assertThat(sluice("status", "--josn")).isEqualTo(ExitCode.USAGE);
    assertThat(said.toString()).contains("did you mean --json?");
    assertThat(sluice("alarms", "--limit", "many")).isEqualTo(ExitCode.USAGE);
    assertThat(said.toString()).contains("is not a whole number").doesNotContain("is not an int");
  }

  @Test
  void decodeRefusesATopicThatTheGatewayRefuses() {
    String[] line = {
      "decode",
      "--profiles",
      "../../config/profiles",
      "--profile",
      "cnc",
      "--topic",
      "foo",
      "--text",
      "7"
    };
    assertThat(sluice(line)).isEqualTo(ExitCode.FAILED);
    assertThat(said.toString()).contains("nothing maps the topic", "telemetry");
  }

  /** Payload: timestamp 1, metrics 2 (name 1, datatype 4, int_value 10), seq 3. */
  @Test
  void decodeExplainsAPayloadOfAProtocolFieldByField() {
    String payload = "0880ade5b7a234" + "120b" + "0a056c6576656c" + "2003" + "5007" + "1802";
    assertThat(sluice("decode", "--protocol", "sparkplug", "--hex", payload))
        .as(said.toString())
        .isEqualTo(ExitCode.DONE);
    assertThat(said.toString())
        .contains("byte 7      metrics 2: 11 bytes")
        .contains("name 1: \"level\"", "datatype 4: 3 (Int32)", "int_value 10: 7", "seq 3: 2");
    String torn = payload.substring(0, payload.length() - 10);
    assertThat(sluice("decode", "--protocol", "sparkplug", "--hex", torn))
        .isEqualTo(ExitCode.FAILED);
    assertThat(said.toString()).contains("Sparkplug payload at byte 7: field 2 says 11 bytes");
    assertThat(sluice("decode", "--protocol", "carrier-pigeon", "--hex", "00"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(said.toString()).contains("\"carrier-pigeon\" is not known; there are sparkplug");
    assertThat(sluice("decode", "--hex", "00")).isEqualTo(ExitCode.USAGE);
    assertThat(said.toString()).contains("Missing required option: '--profile=P'");
  }

  @Test
  void decodeTellsWhichRuleTookTheTopic() {
    String[] line = {
      "decode",
      "--profiles",
      "../../config/profiles",
      "--profile",
      "cnc",
      "--dialect",
      "alink",
      "--topic",
      "/sys/pk/cnc-1/thing/event/property/post",
      "--text",
      "{\"spindle\":7}"
    };
    assertThat(sluice(line)).isEqualTo(ExitCode.DONE);
    assertThat(said.toString())
        .contains("topic taken by dialect alink: /sys/{pk}/{device}/thing/event/property/post (")
        .contains("alink.yaml:")
        .contains("-> telemetry of cnc-1");
    line[6] = "alnik";
    assertThat(sluice(line)).isEqualTo(ExitCode.USAGE);
    assertThat(said.toString()).contains("--dialect: there is no dialect \"alnik\"");
  }
}
