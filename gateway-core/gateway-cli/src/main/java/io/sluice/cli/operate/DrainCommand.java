package io.sluice.cli.operate;

import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.DurationConverter;
import io.sluice.cli.ExitCode;
import io.sluice.cli.Show;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "drain",
    description =
        "Has a running gateway take no new sessions and end the open ones, before an upgrade;"
            + " waits until they have ended. Its upstreams go on with what the spool holds.")
public final class DrainCommand implements Callable<Integer> {
  private static final String PATH = "/api/v1/drain";

  /** Beyond the time within which sessions are to end. */
  private static final long GRACE_MILLIS = 10_000;

  private static final long LOOK_MILLIS = 500;

  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      description = "Time over which open sessions are ended (default: drain.for, 60s).")
  private @Nullable String spread;

  @Option(
      names = "--server-reference",
      paramLabel = "HOST:PORT",
      description = "Where MQTT 5 devices are sent (default: drain.server-reference, or nowhere).")
  private @Nullable String reference;

  @Option(
      names = "--moved",
      description = "The gateway does not come back: MQTT 5 devices are told so (0x9D).")
  private boolean moved;

  @Option(
      names = "--until-empty",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "Wait, so long at the most, until every upstream has all records, too.")
  private @Nullable Duration untilEmpty;

  @Option(names = "--no-wait", description = "Begin, and do not wait.")
  private boolean isBegun;

  @Option(names = "--stop", description = "Call the drain off: sessions are taken again.")
  private boolean stop;

  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  @Override
  public Integer call() throws CommandFailure, InterruptedException {
    if (stop && (spread != null || reference != null || moved || untilEmpty != null)) {
      throw new ParameterException(spec.commandLine(), "--stop stands alone; leave the others out");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (AdminClient client = admin.client(null)) {
      if (stop) {
        client.require(client.send("DELETE", PATH, null));
        out.println("the drain is called off: sessions are taken again");
        out.flush();
        return ExitCode.DONE;
      }
      JsonNode state = draining(client.require(client.send("POST", PATH, order())));
      if (!json) {
        out.printf("draining: %s%n", left(state));
        out.flush();
      }
      if (!isBegun) {
        awaitEnd(client, state, out);
      }
      if (json) {
        Show.json(client.get(PATH), out);
      }
      out.flush();
      return ExitCode.DONE;
    }
  }

  private ObjectNode order() {
    ObjectNode order = AdminClient.JSON.createObjectNode().put("moved", moved);
    if (spread != null) {
      order.put("for", spread);
    }
    if (reference != null) {
      order.put("serverReference", reference);
    }
    return order;
  }

  /** Until nothing is left, as far as that is waited for. */
  private void awaitEnd(AdminClient client, JsonNode begun, PrintWriter out)
      throws CommandFailure, InterruptedException {
    long began = System.nanoTime();
    long spreadMicros = begun.path("untilMicros").asLong(0) - begun.path("sinceMicros").asLong(0);
    long sessionsUntil = spreadMicros / 1_000 + GRACE_MILLIS;
    long emptyUntil = untilEmpty == null ? 0 : untilEmpty.toMillis();
    JsonNode state = begun;
    String told = left(begun);
    while (isLeft(state)) {
      long elapsed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      boolean isSessions = state.path("sessions").asInt(0) > 0;
      if (elapsed >= Math.max(emptyUntil, isSessions ? sessionsUntil : 0)) {
        throw new CommandFailure(
            ExitCode.FAILED, "the time is up: " + left(state) + "; the gateway goes on draining");
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      state = draining(client.get(PATH));
      if (!state.isObject()) {
        throw new CommandFailure(
            ExitCode.FAILED, "the drain was called off, or the gateway was started anew");
      }
      String now = left(state);
      if (!json && !now.equals(told)) {
        out.println(now);
        out.flush();
        told = now;
      }
    }
    if (!json) {
      out.println("drained: the gateway may be stopped");
    }
  }

  private boolean isLeft(JsonNode state) {
    return state.path("sessions").asInt(0) > 0
        || (untilEmpty != null && state.path("queued").asLong(0) > 0);
  }

  private static JsonNode draining(JsonNode answer) {
    return answer.path("draining");
  }

  private static String left(JsonNode state) {
    return "%s sessions and %s records left"
        .formatted(Show.text(state, "sessions"), Show.text(state, "queued"));
  }
}
