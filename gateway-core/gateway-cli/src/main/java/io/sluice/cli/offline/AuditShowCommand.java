package io.sluice.cli.offline;

import io.sluice.cli.CommandFailure;
import io.sluice.cli.DurationConverter;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import io.sluice.cli.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

@Command(name = "show", description = "Shows events as a table, the oldest first.")
final class AuditShowCommand implements Callable<Integer> {
  private static final int MAX_DETAIL = 100;

  @Spec private CommandSpec spec;
  @Mixin private AuditCommand.Place place;

  @Option(
      names = "--since",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "Only those of the last 1h, 30m ...")
  private @Nullable Duration since;

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description = "Only this action, or all of a noun: session.refused, session.")
  private @Nullable String action;

  @Option(names = "--who", paramLabel = "NAME", description = "Only what this one did.")
  private @Nullable String who;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "1000",
      description = "The newest so many (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--json", description = "The lines as they stand in the log.")
  private boolean json;

  private record Shown(String line, JsonNode event) {}

  @Override
  public Integer call() throws IOException, CommandFailure {
    Deque<Shown> newest = new ArrayDeque<>();
    Instant from = since == null ? Instant.MIN : Clock.systemUTC().instant().minus(since);
    AuditLines.each(
        place.files(),
        (line, event) -> {
          if (isAsked(event, from)) {
            newest.addLast(new Shown(line, event));
            if (newest.size() > limit) {
              newest.removeFirst();
            }
          }
        });
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      newest.forEach(shown -> out.println(shown.line()));
    } else {
      table(newest).print(out);
    }
    out.flush();
    return ExitCode.DONE;
  }

  private boolean isAsked(JsonNode event, Instant from) {
    String done = Show.text(event, "action");
    boolean isAction =
        action == null || done.equals(action) || (action.endsWith(".") && done.startsWith(action));
    return isAction
        && (who == null || Show.text(event, "who").equals(who))
        && (since == null || !time(event).isBefore(from));
  }

  private static Instant time(JsonNode event) {
    try {
      return Instant.parse(Show.text(event, "time"));
    } catch (DateTimeException e) {
      return Instant.MAX; // a line that was changed is shown rather than hidden
    }
  }

  private static Table table(Iterable<Shown> events) {
    Table table = new Table("TIME", "ACTION", "WHO", "FROM", "TARGET", "RESULT", "TIMES", "DETAIL");
    for (Shown shown : events) {
      JsonNode event = shown.event();
      table.row(
          cell(event, "time"),
          cell(event, "action"),
          cell(event, "who"),
          cell(event, "from"),
          cell(event, "target"),
          cell(event, "result"),
          event.has("times") ? cell(event, "times") : "1",
          cell(event, "detail"));
    }
    return table;
  }

  /** As the log writes it: what is not printable would steer the terminal. */
  private static String cell(JsonNode event, String field) {
    StringBuilder cell = new StringBuilder();
    Show.text(event, field)
        .codePoints()
        .limit(MAX_DETAIL)
        .forEach(c -> cell.appendCodePoint(isPrintable(c) ? c : '?'));
    return cell.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}
