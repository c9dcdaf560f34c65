package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.cli.AdminClient;
import io.sluice.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import tools.jackson.databind.JsonNode;

/** The commands' form, what they ask of the API, and what is made of them: completion, manual. */
class CommandsTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final List<String> requests = new ArrayList<>();
  private String reply = "{}";
  private HttpServer gateway;

  @BeforeEach
  void start() throws IOException {
    gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gateway.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
          byte[] answer = reply.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    gateway.start();
  }

  @AfterEach
  void stop() {
    gateway.stop(0);
  }

  private int sluice(String... line) {
    PrintWriter printer = new PrintWriter(out, true);
    return Main.commandLine(line).setOut(printer).setErr(printer).execute(line);
  }

  private int ask(String... line) {
    String admin = "http://127.0.0.1:" + gateway.getAddress().getPort();
    return sluice(
        Stream.concat(Stream.of(line), Stream.of("--admin", admin)).toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          stop list | GET /api/v1/coverage/stops
          stop add --scope site --key plant-a --reason overhaul --from 2026-01-31T06:00:00Z | POST /api/v1/coverage/stops {"scope":"site","reason":"overhaul","key":"plant-a","from":1769839200000000}
          stop end 7 | DELETE /api/v1/coverage/stops/7
          command send press-07 relay --json-payload {"on":true} | POST /api/v1/devices/press-07/commands {"name":"relay","expiresIn":"1h","payload":{"on":true}}
          command list a:b | GET /api/v1/devices/a%3Ab/commands
          command cancel press-07 c1 | DELETE /api/v1/devices/press-07/commands/c1
          dead-letter list --limit 5 --before 9 | GET /api/v1/dead-letters?limit=5&before=9
          claim list --json | GET /api/v1/claims
          device change d --site b --interval= --planned false | PATCH /api/v1/devices/d {"site":"b","interval":null,"planned":false}
          device remove d | DELETE /api/v1/devices/d
          """)
  void aCommandAsksTheApiThatItsNameSays(String line, String request) {
    assertThat(ask(line.split(" ", -1))).as(out.toString()).isZero();
    assertThat(requests).singleElement().asString().isEqualToIgnoringWhitespace(request);
  }

  @Test
  void aDeadLetterThatCannotBeTakenFailsWithItsProblem() {
    reply = "{\"ok\":false,\"problem\":\"no JSON; choose another\",\"records\":[]}";
    assertThat(ask("dead-letter", "retry", "3", "--profile", "cnc")).isEqualTo(ExitCode.FAILED);
    assertThat(out.toString()).contains("sluice: no JSON; choose another");
    assertThat(requests)
        .containsExactly(
            "POST /api/v1/dead-letters/3/retry {\"accept\":false,\"profile\":\"cnc\"}");
  }

  @Test
  void whatIsNoTimeNoJsonOrNoChangeIsBadUsage() {
    assertThat(ask("stop", "add", "--scope", "all", "--reason", "x", "--to", "noon"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(ask("command", "send", "d", "x", "--json-payload", "{")).isEqualTo(ExitCode.USAGE);
    assertThat(ask("device", "change", "d")).isEqualTo(ExitCode.USAGE);
    assertThat(requests).isEmpty();
  }

  @Test
  void checkSaysInJsonWhereEachFaultIs() throws IOException {
    Path file = directory.resolve("sluice.yaml");
    Files.writeString(file, "gateway: { id: a }\nlisteners:\n  mqtt: { port: 70000 }\n");
    assertThat(sluice("check", "--json", "--config", file.toString())).isEqualTo(ExitCode.USAGE);
    JsonNode answer = AdminClient.JSON.readTree(out.toString());
    assertThat(answer.path("ok").asBoolean(true)).isFalse();
    List<String> places = new ArrayList<>();
    for (JsonNode finding : answer.path("findings")) {
      assertThat(finding.path("level").asString()).isEqualTo("fault");
      places.add(finding.path("line").asString() + " " + finding.path("text").asString());
    }
    assertThat(places).anyMatch(each -> each.startsWith("3 listeners.mqtt.port: 70000"));
  }

  @Test
  void everyValueOfACommandHasANameAndEveryCommandAText() {
    List<String> bare = new ArrayList<>();
    gather(Main.commandLine(), bare);
    assertThat(bare).isEmpty();
  }

  private static void gather(CommandLine parent, List<String> bare) {
    for (CommandLine line : parent.getSubcommands().values()) {
      String name = line.getCommandSpec().qualifiedName(" ");
      if (name.equals("sluice sim")) {
        continue; // the simulator's own
      }
      if (line.getCommandSpec().usageMessage().description().length == 0) {
        bare.add(name);
      }
      for (ArgSpec arg : line.getCommandSpec().args()) {
        if (arg.description().length == 0
            || (arg.arity().max() > 0 && arg.paramLabel().startsWith("<"))) {
          bare.add(name + " " + arg);
        }
      }
      gather(line, bare);
    }
  }

  @Test
  void theCompletionIsAShellsAndKnowsEveryCommand() throws Exception {
    assertThat(sluice("completion")).isZero();
    assertThat(out.toString()).contains("dead-letter", "--json-payload", "support-bundle");
    assertThat(filter(out.toString(), "bash", "-n")).isEmpty();
  }

  @Test
  void theManualPageHasEveryCommandAndNoFault() throws Exception {
    assertThat(sluice("man")).isZero();
    String page = out.toString();
    for (String command : Main.commandLine().getSubcommands().keySet()) {
      if (!command.equals("help")) {
        assertThat(page).contains("\n.SS " + command.replace("-", "\\-") + "\n");
      }
    }
    assertThat(filter(page, "groff", "-man", "-ww", "-z", "-Tutf8")).isEmpty();
  }

  /** What a tool says of a text; nothing where this machine does not have the tool. */
  private String filter(String text, String... tool) throws Exception {
    if (!Files.isExecutable(Path.of("/usr/bin", tool[0]))) {
      return "";
    }
    Path file = Files.writeString(directory.resolve("text"), text);
    Process process =
        new ProcessBuilder(Stream.concat(Stream.of(tool), Stream.of(file.toString())).toList())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }
}
