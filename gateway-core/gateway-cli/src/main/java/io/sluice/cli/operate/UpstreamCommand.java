package io.sluice.cli.operate;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import io.sluice.cli.Table;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

@Command(
    name = "upstream",
    description = "Lists upstreams, pauses and resumes one, forgets one that is gone.",
    subcommands = {
      UpstreamCommand.ListAll.class,
      UpstreamCommand.Pause.class,
      UpstreamCommand.Resume.class,
      UpstreamCommand.Forget.class
    })
public final class UpstreamCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given; write list, pause, resume or forget after upstream");
  }

  @Command(name = "list", description = "Lists upstreams, those that are parked too.")
  public static final class ListAll implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Option(names = "--json", description = "Print the API's JSON.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure {
      PrintWriter out = spec.commandLine().getOut();
      JsonNode answer;
      try (AdminClient client = admin.client()) {
        answer = client.get("/api/v1/upstreams");
      }
      if (json) {
        Show.json(answer, out);
        return ExitCode.DONE;
      }
      Table table = new Table("UPSTREAM", "TYPE", "STATE", "BACKLOG", "RECONNECTS", "DETAIL");
      for (JsonNode upstream : answer.path("upstreams")) {
        table.row(
            Show.text(upstream, "name"),
            Show.text(upstream, "type"),
            Show.text(upstream, "state"),
            Show.text(upstream, "backlogRecords"),
            Show.text(upstream, "reconnects"),
            Show.text(upstream, "detail"));
      }
      for (JsonNode parked : answer.path("parked")) {
        table.row(
            Show.text(parked, "name"),
            "-",
            "parked",
            Show.text(parked, "queuedRecords"),
            "-",
            "not configured any more; its place is kept");
      }
      table.print(out);
      out.flush();
      return ExitCode.DONE;
    }
  }

  /** What the commands that change one take. */
  public abstract static class Act implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private AdminOptions admin;

    @Parameters(paramLabel = "NAME", description = "Its name, as list has it.")
    private String name;

    private final String method;
    private final String act;

    Act(String method, String act) {
      this.method = method;
      this.act = act;
    }

    @Override
    public Integer call() throws CommandFailure {
      PrintWriter out = spec.commandLine().getOut();
      JsonNode answer;
      try (AdminClient client = admin.client()) {
        String path = "/api/v1/upstreams/" + AdminClient.encoded(name) + act;
        answer = client.require(client.send(method, path, null));
      }
      out.printf("upstream %s is %s%n", name, Show.text(answer, "done"));
      out.flush();
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "pause",
      description = "Sends nothing to it until it is resumed, also after a restart.")
  public static final class Pause extends Act {
    Pause() {
      super("POST", "/pause");
    }
  }

  @Command(name = "resume", description = "Sends to it again.")
  public static final class Resume extends Act {
    Resume() {
      super("POST", "/resume");
    }
  }

  @Command(
      name = "forget",
      description = "Gives up the place of one that is not configured any more.")
  public static final class Forget extends Act {
    Forget() {
      super("DELETE", "");
    }
  }
}
