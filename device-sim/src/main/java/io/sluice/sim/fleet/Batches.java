package io.sluice.sim.fleet;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.SimDevice;
import io.sluice.sim.link.Link.Message;
import io.sluice.sim.scenario.ScenarioFault;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * The messages of one device that carry many samples: a message has the counter of its first. Keeps
 * counters and no samples, which can be worked out again. Confined to the device's event loop;
 * bounded by the messages that the device stores.
 */
final class Batches {
  private final SimDevice device;
  private final SentLog log;
  private final long startMillis;
  private final Map<Long, long[]> members = new HashMap<>(0);
  private long[] gathered = new long[0];
  private int count;

  Batches(SimDevice device, SentLog log, long startMillis) {
    this.device = device;
    this.log = log;
    this.startMillis = startMillis;
  }

  boolean isGathering() {
    return count > 0;
  }

  int gatheredSamples() {
    return count;
  }

  /** A sample joins those that go with the next message. */
  void gather(long n) {
    if (count == gathered.length) {
      gathered = Arrays.copyOf(gathered, Math.max(16, count * 2));
    }
    gathered[count++] = n;
  }

  /** The message of all that was gathered. */
  Message close(boolean isBad) {
    long[] ns = Arrays.copyOf(gathered, count);
    count = 0;
    List<Sample> samples = Arrays.stream(ns).mapToObj(this::sample).toList();
    members.put(ns[0], ns);
    return new Message(ns[0], Kind.TELEMETRY, device.spec().group().form().encode(samples), isBad);
  }

  /** Takes down {@link ScenarioFault.Kind#HISTORY}'s samples; {@link #close} makes the message. */
  void gatherHistory(ScenarioFault fault, long intervalMillis) {
    for (long back = fault.samples() - 1L; back >= 0; back--) {
      long n =
          log.append(Kind.TELEMETRY, -ScenarioFault.HISTORY_AGE.toMillis() - back * intervalMillis);
      log.history(n);
      gather(n);
    }
  }

  private Sample sample(long n) {
    long millis = startMillis + log.millisAt(log.index(n));
    return device.sample(n, millis * 1000, Kind.TELEMETRY);
  }

  /** How many samples a message carries. */
  int size(long n) {
    long[] ns = members.get(n);
    return ns == null ? 1 : ns.length;
  }

  /** Every sample of a message. */
  void forEach(long n, LongConsumer each) {
    long[] ns = members.get(n);
    if (ns == null) {
      each.accept(n);
    } else {
      Arrays.stream(ns).forEach(each);
    }
  }

  /** The message has its outcome, or will have none. */
  void forget(long n) {
    members.remove(n);
  }
}
