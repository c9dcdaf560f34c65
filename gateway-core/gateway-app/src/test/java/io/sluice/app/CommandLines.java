package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.stream.Stream;

/** Commands as an operator types them, in this process. */
final class CommandLines {
  private CommandLines() {}

  /** Runs a command that asks a gateway, to its end, which has to be exit code 0. */
  static String run(GatewayProcess gateway, String... command) {
    return run(0, gateway, command);
  }

  /** Runs a command that asks a gateway, to its end; what it prints, on either stream. */
  static String run(int exitCode, GatewayProcess gateway, String... command) {
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out);
    String[] line =
        Stream.concat(
                Arrays.stream(command),
                Stream.of("--admin", "http://127.0.0.1:" + gateway.port("admin")))
            .toArray(String[]::new);
    int exit = Main.commandLine().setOut(printer).setErr(printer).execute(line);
    assertThat(exit).as(out.toString()).isEqualTo(exitCode);
    return out.toString();
  }
}
