package io.sluice.cli.operate;

import io.sluice.api.operator.AdminSettings;
import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

@Command(
    name = "reload",
    description =
        "Has a running gateway read its files anew: all that was changed holds then, or nothing"
            + " where anything has a fault (exit code 2).")
public final class ReloadCommand implements Callable<Integer> {
  /** Upstreams that end may take seconds each, and large device files too. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final int UNPROCESSABLE = 422;

  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Option(names = "--dry-run", description = "Say what would change, and change nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure {
    AdminClient.Answer answer = ask(admin, null, dryRun);
    PrintWriter out = spec.commandLine().getOut();
    if (json && (answer.ok() || answer.status() == UNPROCESSABLE)) {
      Show.json(answer.body(), out);
      return answer.ok() ? ExitCode.DONE : ExitCode.USAGE;
    }
    return print(answer, out, spec.commandLine().getErr());
  }

  /**
   * Asks a gateway to read its files anew.
   *
   * @param configured its admin listener, where the command line names none; or null
   */
  public static AdminClient.Answer ask(
      AdminOptions admin, @Nullable AdminSettings configured, boolean dryRun)
      throws CommandFailure {
    try (AdminClient client = admin.client(configured)) {
      return client.upload(
          "/api/v1/reload?dry-run=" + dryRun, "application/json", new byte[0], PATIENCE);
    }
  }

  /** Prints what became of it; returns the exit code. */
  public static int print(AdminClient.Answer answer, PrintWriter out, PrintWriter err)
      throws CommandFailure {
    JsonNode body = answer.body();
    body.path("warnings").forEach(line -> err.println("warning: " + line.asString()));
    if (answer.status() == UNPROCESSABLE) {
      body.path("faults").forEach(line -> err.println(line.asString()));
      err.println("sluice: nothing was changed; the gateway goes on as it was");
      err.flush();
      return ExitCode.USAGE;
    }
    if (!answer.ok()) {
      throw new CommandFailure(ExitCode.FAILED, answer.error());
    }
    err.flush();
    boolean isChecked = Show.text(body, "result").equals("checked");
    JsonNode changes = body.path("changes");
    changes.forEach(line -> out.println(line.asString()));
    if (changes.isEmpty()) {
      out.println(isChecked ? "nothing would change" : "nothing was changed");
    }
    body.path("restart")
        .forEach(key -> out.println(key.asString() + ": takes effect with a restart"));
    if (!isChecked) {
      out.printf("version %s%n", Show.text(body, "version"));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
