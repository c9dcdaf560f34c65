package io.sluice.trial.run;

import io.sluice.sim.figures.FleetCounters.Told;
import io.sluice.trial.stage.Api.Answer;
import io.sluice.trial.stage.Member;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives commands to devices at any gateway's and the view's API, by a thread of its own, whatever
 * happens to whom it gives them; and holds what devices were told against that.
 */
final class Commands implements AutoCloseable {
  private static final Pattern NUMBER = Pattern.compile("\"trial\":(\\d+)");
  private static final int TAKEN_MOST = 299;
  private static final int FAULT_LEAST = 500;
  private static final int MOST_NAMED = 10;

  private final List<Member> members;
  private final List<String> devices;
  private final long everyMillis;
  private final Random random = new Random(24);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Map<Integer, Given> given = new ConcurrentSkipListMap<>();
  private final Thread thread;

  /** What became of the attempt to give one. */
  private enum Outcome {
    TAKEN,
    REFUSED,
    /** No answer came: it may have been taken. */
    UNKNOWN
  }

  private record Given(String device, String member, Outcome outcome, String why) {}

  /**
   * What became of all.
   *
   * @param taken that an API took
   * @param refused with a reason; nobody may be told of them
   * @param unknown whose answer never came, or was a fault of the server's: at most once
   * @param once delivered to the device once, of those that were taken
   * @param again told once more under the same id after a gateway was killed, which may not have
   *     known yet that its device had the first: QoS 1 is at least once. A drain is no such end: it
   *     waits for what devices answer
   * @param faults the first ones, in words
   * @param refusals reasons, how often
   */
  record Result(
      long taken,
      long refused,
      long unknown,
      long once,
      long never,
      long again,
      long repeated,
      long invented,
      List<String> faults,
      Map<String, Long> refusals) {
    boolean holds() {
      return never + repeated + invented == 0;
    }
  }

  private Commands(List<Member> members, List<String> devices, long everyMillis) {
    this.members = members;
    this.devices = devices;
    this.everyMillis = everyMillis;
    this.thread = Thread.ofPlatform().name("commands").unstarted(this::run);
  }

  /**
   * Begins.
   *
   * @param members whose API takes them
   */
  static Commands begin(List<Member> members, List<String> devices, long everyMillis) {
    Commands commands = new Commands(members, devices, everyMillis);
    commands.thread.start();
    return commands;
  }

  private void run() {
    try {
      for (int n = 1; !ended.await(everyMillis, TimeUnit.MILLISECONDS); n++) {
        Member member = members.get(random.nextInt(members.size()));
        String device = devices.get(random.nextInt(devices.size()));
        given.put(n, give(n, member, device));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Given give(int n, Member member, String device) throws InterruptedException {
    try {
      Answer answer =
          member
              .api()
              .post(
                  "/api/v1/devices/" + device + "/commands",
                  "{\"name\":\"trial\",\"expiresIn\":\"30m\",\"payload\":{\"trial\":" + n + "}}");
      String why = answer.status() + " " + answer.body().path("error").asString("");
      return new Given(device, member.name(), outcome(answer.status()), why);
    } catch (ConnectException e) {
      return new Given(device, member.name(), Outcome.REFUSED, "nobody listens");
    } catch (IOException e) {
      return new Given(device, member.name(), Outcome.UNKNOWN, String.valueOf(e.getMessage()));
    }
  }

  /** What a server's own fault ended may have been kept all the same. */
  private static Outcome outcome(int status) {
    if (status >= FAULT_LEAST) {
      return Outcome.UNKNOWN;
    }
    return status <= TAKEN_MOST ? Outcome.TAKEN : Outcome.REFUSED;
  }

  /** Gives no more; what was given is final. */
  void end() {
    ended.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Holds them against what devices were told until now.
   *
   * @param kills when gateways were killed and away, from and to in milliseconds
   */
  Result result(List<Told> told, List<long[]> kills) {
    Map<Integer, List<Long>> deliveries = new HashMap<>();
    long strangers = 0;
    List<String> faults = new ArrayList<>();
    for (Told each : told) {
      Matcher number = NUMBER.matcher(each.payload());
      if (!number.find()) {
        continue;
      }
      int n = Integer.parseInt(number.group(1));
      Given one = given.get(n);
      if (one == null || !one.device.equals(each.device()) || one.outcome == Outcome.REFUSED) {
        strangers++;
        name(faults, "command " + n + ": " + each.device() + " was told what nobody told it");
      } else {
        deliveries.computeIfAbsent(n, any -> new ArrayList<>()).add(each.atMillis());
      }
    }
    long[] count = new long[Outcome.values().length];
    long once = 0;
    long never = 0;
    long again = 0;
    long repeated = 0;
    Map<String, Long> refusals = new TreeMap<>();
    for (Map.Entry<Integer, Given> each : given.entrySet()) {
      Given one = each.getValue();
      count[one.outcome.ordinal()]++;
      List<Long> at = deliveries.getOrDefault(each.getKey(), List.of());
      int times = at.size();
      if (one.outcome != Outcome.TAKEN) {
        refusals.merge(one.why, 1L, Long::sum);
      } else if (times == 1) {
        once++;
      } else if (times == 0) {
        never++;
        name(
            faults,
            "%s was never told of command %d, given at %s"
                .formatted(one.device, each.getKey(), one.member));
      }
      if (times == 2 && isKillBetween(at, kills)) {
        again++;
      } else if (times > 1) {
        repeated++;
        name(
            faults,
            "%s was told of command %d %d times, given at %s"
                .formatted(one.device, each.getKey(), times, one.member));
      }
    }
    return new Result(
        count[Outcome.TAKEN.ordinal()],
        count[Outcome.REFUSED.ordinal()],
        count[Outcome.UNKNOWN.ordinal()],
        once,
        never,
        again,
        repeated,
        strangers,
        faults,
        refusals);
  }

  private static boolean isKillBetween(List<Long> told, List<long[]> kills) {
    return kills.stream().anyMatch(kill -> told.getFirst() <= kill[1] && told.getLast() >= kill[0]);
  }

  private static void name(List<String> faults, String what) {
    if (faults.size() < MOST_NAMED) {
      faults.add(what);
    }
  }

  @Override
  public void close() {
    end();
  }
}
