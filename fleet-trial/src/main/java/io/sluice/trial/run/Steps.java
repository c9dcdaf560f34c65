package io.sluice.trial.run;

import io.sluice.trial.stage.Member;
import io.sluice.trial.stage.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a trial does to a stage, one after the other. */
final class Steps {
  private static final int DRAIN_SECONDS = 10;
  private static final int SHORT_DRAIN_SECONDS = 2;

  private Steps() {}

  /** What is done; it may wait for what it does. */
  @FunctionalInterface
  interface Act {
    void run() throws IOException, InterruptedException;
  }

  /**
   * One of them.
   *
   * @param name as the table has it
   * @param gateway that takes no data meanwhile; empty where it is none
   * @param isKill whether what the gateway has in hand with its devices is cut off
   * @param blow begins it
   * @param downSeconds how long the part is left alone then
   * @param mend ends it
   */
  record Step(String name, String gateway, boolean isKill, Act blow, int downSeconds, Act mend) {}

  /** All of them. */
  static List<Step> of(Stage stage, boolean isShort) {
    int down = isShort ? 3 : 15;
    Member killed = stage.gateways().get(1);
    Member view = stage.views().get(0);
    List<Step> steps = new ArrayList<>();
    steps.add(
        new Step("kill -9 of a gateway", killed.name(), true, killed::kill, down, killed::start));
    // longer than it takes the other one to take its parts over
    steps.add(
        new Step(
            "kill -9 of an instance of the view",
            "",
            true,
            view::kill,
            isShort ? 12 : 30,
            view::start));
    steps.add(
        new Step(
            "kill -9 of PostgreSQL",
            "",
            true,
            () -> stage.database().kill(),
            down,
            () -> stage.database().startAgain()));
    steps.add(
        new Step(
            "kill -9 of Kafka",
            "",
            true,
            () -> stage.broker().kill(),
            down,
            () -> stage.broker().startAgain()));
    for (Member each : isShort ? stage.gateways().subList(0, 1) : stage.gateways()) {
      steps.add(
          new Step(
              "upgrade of " + each + ": drain, stop, start",
              each.name(),
              false,
              () -> {
                stage.drain(each, isShort ? SHORT_DRAIN_SECONDS : DRAIN_SECONDS);
                if (!each.end()) {
                  throw new IOException(each + " did not end in time after SIGTERM");
                }
              },
              1,
              each::start));
    }
    return steps;
  }
}
