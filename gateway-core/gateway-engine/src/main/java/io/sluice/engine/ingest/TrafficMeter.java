package io.sluice.engine.ingest;

import io.sluice.api.Limit;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.admin.Operations.LatencyHistogram;
import io.sluice.api.admin.Operations.Traffic;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what comes in, per protocol. Thread-safe; a count costs no allocation. */
public final class TrafficMeter {
  private final Map<String, OfProtocol> protocols = new ConcurrentHashMap<>();

  /** The counters of a protocol: one of the few that adapters have. */
  OfProtocol of(String protocol) {
    OfProtocol known = protocols.get(protocol);
    return known != null ? known : protocols.computeIfAbsent(protocol, p -> new OfProtocol());
  }

  public void rejected(String protocol, RejectReason reason) {
    of(protocol).rejected(reason);
  }

  /** A peer ran into a limit. */
  public void limited(String protocol, Limit limit) {
    of(protocol).limited[limit.ordinal()].increment();
  }

  public Traffic snapshot() {
    Map<String, Map<MessageClass, Long>> accepted = new TreeMap<>();
    Map<String, Map<RejectReason, Long>> rejected = new TreeMap<>();
    Map<String, Map<Limit, Long>> limited = new TreeMap<>();
    Map<String, LatencyHistogram> latency = new TreeMap<>();
    protocols.forEach((protocol, counters) -> {
      accepted.put(protocol, sums(MessageClass.class, counters.accepted));
      rejected.put(protocol, sums(RejectReason.class, counters.rejected));
      limited.put(protocol, sums(Limit.class, counters.limited));
      latency.put(protocol, counters.latency.snapshot());
    });
    return new Traffic(accepted, rejected, limited, latency);
  }

  private static <E extends Enum<E>> Map<E, Long> sums(Class<E> type, LongAdder[] adders) {
    Map<E, Long> sums = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      sums.put(constant, adders[constant.ordinal()].sum());
    }
    return sums;
  }

  /** The counters of one protocol. */
  static final class OfProtocol {
    private final LongAdder[] accepted = adders(MessageClass.values().length);
    private final LongAdder[] rejected = adders(RejectReason.values().length);
    private final LongAdder[] limited = adders(Limit.values().length);
    private final LatencyCounts latency = new LatencyCounts();

    /** Called on the spool's writer thread only. */
    void stored(MessageClass messageClass, long nanos) {
      accepted[messageClass.ordinal()].increment();
      latency.record(nanos);
    }

    void rejected(RejectReason reason) {
      rejected[reason.ordinal()].increment();
    }

    private static LongAdder[] adders(int count) {
      LongAdder[] adders = new LongAdder[count];
      for (int i = 0; i < count; i++) {
        adders[i] = new LongAdder();
      }
      return adders;
    }
  }
}
