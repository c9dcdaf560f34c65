package io.sluice.engine.ingest;

import io.sluice.api.Limit;
import io.sluice.api.MessageClass;
import io.sluice.api.QualityReason;
import io.sluice.api.RejectReason;
import io.sluice.api.operator.Operations.LatencyHistogram;
import io.sluice.api.operator.Operations.Traffic;
import io.sluice.api.tls.HandshakeFault;
import io.sluice.engine.normalize.sample.FieldFaults;
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

  /** A handshake failed. */
  public void handshakeFailed(String protocol, HandshakeFault fault) {
    of(protocol).handshakes[fault.ordinal()].increment();
  }

  /** A message came again, and is not kept again. */
  void repeated(String protocol) {
    of(protocol).repeated.increment();
  }

  /** A peer ran into a limit. */
  public void limited(String protocol, Limit limit) {
    of(protocol).limited[limit.ordinal()].increment();
  }

  public Traffic snapshot() {
    Map<String, Map<MessageClass, Long>> accepted = new TreeMap<>();
    Map<String, Map<RejectReason, Long>> rejected = new TreeMap<>();
    Map<String, Map<Limit, Long>> limited = new TreeMap<>();
    Map<String, Map<QualityReason, Long>> faulty = new TreeMap<>();
    Map<String, LatencyHistogram> latency = new TreeMap<>();
    Map<String, Map<HandshakeFault, Long>> handshakes = new TreeMap<>();
    Map<String, Long> repeated = new TreeMap<>();
    protocols.forEach((protocol, counters) -> {
      accepted.put(protocol, sums(MessageClass.class, counters.accepted));
      rejected.put(protocol, sums(RejectReason.class, counters.rejected));
      limited.put(protocol, sums(Limit.class, counters.limited));
      faulty.put(protocol, faultyFields(counters.faulty));
      latency.put(protocol, counters.latency.snapshot());
      handshakes.put(protocol, sums(HandshakeFault.class, counters.handshakes));
      repeated.put(protocol, counters.repeated.sum());
    });
    return new Traffic(accepted, rejected, limited, faulty, latency, handshakes, repeated);
  }

  private static <E extends Enum<E>> Map<E, Long> sums(Class<E> type, LongAdder[] adders) {
    Map<E, Long> sums = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      sums.put(constant, adders[constant.ordinal()].sum());
    }
    return sums;
  }

  /** Only the reasons that a single field can have, so that no series stays at 0 for ever. */
  private static Map<QualityReason, Long> faultyFields(LongAdder[] adders) {
    Map<QualityReason, Long> sums = new EnumMap<>(QualityReason.class);
    for (QualityReason reason :
        new QualityReason[] {QualityReason.TYPE, QualityReason.SENSOR, QualityReason.RANGE}) {
      sums.put(reason, adders[reason.ordinal()].sum());
    }
    return sums;
  }

  /** The counters of one protocol. */
  static final class OfProtocol {
    private final LongAdder[] accepted = adders(MessageClass.values().length);
    private final LongAdder[] rejected = adders(RejectReason.values().length);
    private final LongAdder[] limited = adders(Limit.values().length);
    private final LongAdder[] faulty = adders(QualityReason.values().length);
    private final LongAdder[] handshakes = adders(HandshakeFault.values().length);
    private final LongAdder repeated = new LongAdder();
    private final LatencyCounts latency = new LatencyCounts();

    /** Called on the spool's writer thread only. */
    void stored(MessageClass messageClass, long nanos) {
      accepted[messageClass.ordinal()].increment();
      latency.record(nanos);
    }

    void faulty(FieldFaults faults) {
      faulty[QualityReason.TYPE.ordinal()].add(faults.type());
      faulty[QualityReason.SENSOR.ordinal()].add(faults.sensor());
      faulty[QualityReason.RANGE.ordinal()].add(faults.range());
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
