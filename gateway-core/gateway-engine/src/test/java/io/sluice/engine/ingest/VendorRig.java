package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Measurement;
import io.sluice.api.MessageClass;
import io.sluice.api.Quality;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.operator.Operations.Traffic;
import io.sluice.engine.config.Faults;
import io.sluice.engine.dialect.DialectPlaces;
import io.sluice.engine.dialect.Dialects;
import io.sluice.engine.limits.DeviceLimits;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.SessionCodecs;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.CorruptRecordException;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolEntry;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way of a vendor's message from its topic to records and receipt, without network and disk.
 */
final class VendorRig {
  /** When messages arrive. */
  static final Instant NOW = Instant.parse("2026-11-27T19:00:00Z");

  private static final Path CONFIG = Path.of("../../config");

  final List<Receipt> receipts = new ArrayList<>();
  final List<SpoolEntry> letters = new ArrayList<>();

  /** Devices with what was told of them by others. */
  final List<String> told = new ArrayList<>();

  final Map<String, Device> devices = new HashMap<>();
  private final List<SpoolEntry> entries = new ArrayList<>();
  private final TrafficMeter meter = new TrafficMeter();
  private final IngestPipeline pipeline;
  private int room = Integer.MAX_VALUE;

  /**
   * @param own folder of dialects of one's own, and with profiles below it, or null
   * @param dialects names of those that hold
   */
  VendorRig(@Nullable Path own, String... dialects) {
    this(own, SessionCodecs.NONE, dialects);
  }

  /**
   * The same with sessions.
   *
   * @param sessions of devices
   */
  VendorRig(@Nullable Path own, SessionCodecs sessions, String... dialects) {
    Faults faults = new Faults();
    Dialects all =
        Dialects.load(
            new DialectPlaces(CONFIG.resolve("dialects"), own == null ? List.of() : List.of(own)),
            faults);
    Profiles profiles = Profiles.load(profiles(own)).profiles();
    pipeline =
        new IngestPipeline(
            devices::get,
            new Vocabulary(all.topics(List.of(dialects), Map.of()), profiles),
            new Normalizer("gw", profiles, any -> false, sessions),
            spool(),
            meter,
            new DeviceLimits(LimitSettings.DEFAULTS, System::nanoTime),
            new IngestPipeline.Observer() {
              @Override
              public void stored(DeviceId id, Uplink uplink) {}

              @Override
              public void told(DeviceId device, @Nullable Boolean isThere) {
                told.add(device + " " + isThere);
              }

              @Override
              public void refused(Uplink uplink, RejectReason reason, String detail) {}
            });
    assertThat(faults.list()).isEmpty();
    device("bridge", null, "none", null);
  }

  private static List<Path> profiles(@Nullable Path own) {
    Path shipped = CONFIG.resolve("profiles");
    Path beside = own == null ? null : own.resolve("profiles");
    return beside != null && Files.isDirectory(beside)
        ? List.of(shipped, beside)
        : List.of(shipped);
  }

  static VendorRig of(String... dialects) {
    return new VendorRig(null, dialects);
  }

  /** What was counted. */
  Traffic traffic() {
    return meter.snapshot();
  }

  IngestPipeline pipeline() {
    return pipeline;
  }

  /** A child of the bridge. */
  VendorRig child(String id, String profile) {
    return device(id, "bridge", profile, null);
  }

  VendorRig device(String id, @Nullable String parent, String profile, @Nullable String zone) {
    devices.put(
        id,
        new Device(
            new DeviceId(id),
            profile,
            "factory",
            "site",
            null,
            parent == null ? null : new DeviceId(parent),
            true,
            true,
            false,
            zone == null ? null : ZoneId.of(zone)));
    return this;
  }

  /** The spool has room for so many entries, and no more. */
  void room(int entriesToCome) {
    room = entriesToCome;
  }

  /** What a message of the bridge becomes, once it is stored: a line for each record. */
  List<String> take(String topic, String payload) {
    return take("bridge", topic, payload.getBytes(UTF_8));
  }

  List<String> take(String device, String topic, byte[] payload) {
    offer(uplink(device, topic, payload, null));
    return store();
  }

  void offer(Uplink uplink) {
    pipeline.accept(uplink);
  }

  /** Stores what was offered. */
  List<String> store() {
    List<SpoolEntry> now = List.copyOf(entries);
    entries.clear();
    List<SpoolEntry> kept = now.stream().filter(entry -> !letters.contains(entry)).toList();
    now.forEach(entry -> entry.stored(1));
    return kept.stream().map(VendorRig::line).toList();
  }

  Receipt receipt() {
    assertThat(receipts).hasSize(1);
    return receipts.removeFirst();
  }

  private Spool spool() {
    return (Spool)
        Proxy.newProxyInstance(
            Spool.class.getClassLoader(),
            new Class<?>[] {Spool.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "epoch" -> "e0";
                  case "append" -> {
                    room--;
                    yield room >= 0 && entries.add((SpoolEntry) arguments[0]);
                  }
                  case "appendDeadLetter" -> {
                    letters.add((SpoolEntry) arguments[0]);
                    yield entries.add((SpoolEntry) arguments[0]);
                  }
                  default -> null;
                });
  }

  private static String line(SpoolEntry entry) {
    byte[] body = entry.body();
    EncodedRecord record = new EncodedRecord();
    try {
      record.wrap(body, 0, body.length, entry.lane(), 1, "e");
    } catch (CorruptRecordException e) {
      throw new AssertionError(e);
    }
    StringBuilder line =
        new StringBuilder(record.messageClass().jsonName()).append(' ').append(record.device());
    if (record.timeMicros() != micros(NOW)) {
      line.append(" @").append(Instant.EPOCH.plus(record.timeMicros(), ChronoUnit.MICROS));
    }
    for (Measurement each : record.toRecord().measurements()) {
      line.append("; ").append(each.name()).append('=').append(text(each));
    }
    return line.toString();
  }

  private static String text(Measurement each) {
    Object value = each.value();
    String text =
        value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString();
    String unit = each.unit() == null ? "" : " " + each.unit();
    return text + unit + (each.quality() == Quality.GOOD ? "" : " " + each.reason());
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }

  Uplink uplink(String device, String topic, byte[] payload, @Nullable MessageClass given) {
    ReceiptSink sink =
        new ReceiptSink() {
          @Override
          public void receipt(Uplink uplink, Receipt receipt) {
            receipts.add(receipt);
          }

          @Override
          public void flush() {}
        };
    return new Uplink() {
      @Override
      public DeviceId device() {
        return new DeviceId(device);
      }

      @Override
      public String protocol() {
        return "mqtt";
      }

      @Override
      public String topic() {
        return topic;
      }

      @Override
      public ContentType contentType() {
        return ContentType.UNSPECIFIED;
      }

      @Override
      public byte[] payload() {
        return payload;
      }

      @Override
      public long receivedMicros() {
        return micros(NOW);
      }

      @Override
      public long receivedNanos() {
        return System.nanoTime();
      }

      @Override
      public @Nullable MessageClass messageClass() {
        return given;
      }

      @Override
      public ReceiptSink sink() {
        return sink;
      }
    };
  }
}
