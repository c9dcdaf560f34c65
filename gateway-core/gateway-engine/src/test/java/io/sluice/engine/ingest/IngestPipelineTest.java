package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Cap;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Lane;
import io.sluice.api.Limit;
import io.sluice.api.MessageBounds;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.config.Bytes;
import io.sluice.engine.dialect.ShippedDialects;
import io.sluice.engine.limits.DeviceLimits;
import io.sluice.engine.limits.LaneShares;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.engine.record.EncodedRecord;
import io.sluice.spool.Spool;
import io.sluice.spool.SpoolEntry;
import io.sluice.spool.SpoolSettings;
import io.sluice.spool.SpoolSettings.Policy;
import io.sluice.spool.Terms;
import io.sluice.spool.writer.SegmentedSpool;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever fails on the way of a message, its sender gets one receipt and the caller no fault. */
class IngestPipelineTest {
  private final Device device =
      new Device(new DeviceId("d1"), "p", "factory", "site", null, null, true, true, false);
  private final List<Receipt> receipts = new CopyOnWriteArrayList<>();
  private final List<SpoolEntry> records = new ArrayList<>();
  private final List<SpoolEntry> letters = new ArrayList<>();
  private final ReceiptSink sink =
      new ReceiptSink() {
        @Override
        public void receipt(Uplink uplink, Receipt receipt) {
          receipts.add(receipt);
        }

        @Override
        public void flush() {}
      };
  private RuntimeException recordFault;
  private RuntimeException letterFault;
  private Throwable deviceFault;
  private RuntimeException observerFault;
  private RuntimeException storedFault;
  private final TrafficMeter traffic = new TrafficMeter();

  @Test
  void faultOnTheWayIsAnsweredOnceAndKeptWhole() {
    for (Throwable fault : List.of(new IllegalStateException("x"), new StackOverflowError())) {
      receipts.clear();
      letters.clear();
      deviceFault = fault;
      pipeline().accept(uplink("telemetry", "{\"t\":1}".getBytes(UTF_8)));
      assertThat(receipts).isEmpty(); // it waits for the disk
      assertThat(letters).hasSize(1);
      letters.getFirst().stored(1);
      assertThat(receipts)
          .singleElement()
          .isInstanceOfSatisfying(
              Receipt.Rejected.class,
              rejected -> {
                assertThat(rejected.reason()).isEqualTo(RejectReason.INTERNAL);
                assertThat(rejected.deadLettered()).isTrue();
                assertThat(rejected.detail()).contains(fault.getClass().getSimpleName());
              });
    }
    assertThat(traffic.snapshot().rejected().get("mqtt")).containsEntry(RejectReason.INTERNAL, 2L);
  }

  @Test
  void payloadOfTheRuleHoldsWhereTheMessageSaysNothing() {
    pipeline().accept(uplink("telemetry", "warm".getBytes(UTF_8)));
    assertThat(records).hasSize(1);
    pipeline().accept(uplink("v2/t/j", "{\"t\":1}".getBytes(UTF_8)));
    assertThat(records).hasSize(2);
    pipeline().accept(uplink("v2/t/j", "warm".getBytes(UTF_8)));
    assertThat(records).hasSize(2);
    assertThat(letters).hasSize(1);
  }

  @Test
  void firstTopicOfAVendorIsToBeOfferedAgainWhenTheDialectsAreRead() throws Exception {
    Vocabulary asleep = new Vocabulary(ShippedDialects.asleep(), Profiles.NONE);
    IngestPipeline pipeline = pipeline();
    Uplink vendors = uplink("v1/devices/me/telemetry", "{\"a\":1}".getBytes(UTF_8));
    pipeline.accept(vendors, asleep);
    pipeline.accept(uplink("telemetry", "{\"a\":1}".getBytes(UTF_8)), asleep);
    assertThat(records).as("its own are taken meanwhile").hasSize(1);
    assertThat(receipts)
        .singleElement()
        .isInstanceOfSatisfying(
            Receipt.Busy.class,
            busy -> {
              assertThat(busy.retryAfterMillis()).isLessThan(250);
              assertThat(busy.awaited()).succeedsWithin(Duration.ofSeconds(30));
            });
    pipeline.accept(vendors, asleep);
    assertThat(records).hasSize(2);
    assertThat(letters).isEmpty();
  }

  @Test
  void topicThatNothingMapsIsRefusedWithTheTopicsThatThereAre() {
    pipeline().accept(uplink("nowhere", new byte[1]));
    letters.getFirst().stored(1);
    assertThat(receipts)
        .singleElement()
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected ->
                assertThat(rejected.detail())
                    .startsWith("topic is not mapped; use telemetry, event, alarm or state"));
  }

  @Test
  void recordThatTheSpoolThrowsAtBecomesALetter() {
    recordFault = new IllegalArgumentException("an entry has 1 to 16 MiB");
    pipeline().accept(uplink("telemetry", "{\"t\":1}".getBytes(UTF_8)));
    assertThat(letters).hasSize(1);
  }

  @Test
  void letterThatCannotBeKeptEitherIsRefusedOnce() {
    letterFault = new IllegalArgumentException("an entry has 1 to 16 MiB");
    pipeline().accept(uplink("nowhere", new byte[20]));
    assertThat(receipts)
        .singleElement()
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(RejectReason.INTERNAL));
  }

  @Test
  void observerThatThrowsChangesNoVerdict() {
    observerFault = new IllegalStateException("the observer");
    pipeline().accept(uplink("nowhere", new byte[20]));
    assertThat(letters).hasSize(1); // and not a second one about the observer
    letters.getFirst().stored(1);
    assertThat(receipts)
        .singleElement()
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected -> assertThat(rejected.reason()).isEqualTo(RejectReason.UNMAPPED_TOPIC));
  }

  @Test
  void memoryThatIsShortMakesTheSenderWait() {
    deviceFault = new OutOfMemoryError("Cannot reserve direct buffer");
    pipeline().accept(uplink("telemetry", new byte[20]));
    assertThat(receipts).singleElement().isInstanceOf(Receipt.Busy.class);
    assertThat(letters).isEmpty();
  }

  @Test
  void letterBeyondTheDevicesShareIsRefusedAndNotKept() {
    IngestPipeline pipeline = pipeline();
    pipeline.bound(
        new LaneShares(LimitSettings.DEFAULTS, 100_000, () -> 100, System::nanoTime), 1_000);
    for (int i = 0; i < 100; i++) {
      pipeline.accept(uplink("nowhere", new byte[1_000]));
    }
    assertThat(letters).hasSizeBetween(3, 5);
    assertThat(receipts)
        .hasSize(100 - letters.size())
        .allMatch(
            receipt -> receipt instanceof Receipt.Rejected rejected && !rejected.deadLettered());
    assertThat(traffic.snapshot().limited().get("mqtt"))
        .containsEntry(Limit.DEAD_LETTER_SHARE_PER_DEVICE, (long) receipts.size());
  }

  @Test
  void alarmThatIsTooLongIsALetterAndAnotherClassIsNot() {
    IngestPipeline pipeline = pipeline();
    pipeline.bound(
        new LaneShares(LimitSettings.DEFAULTS, 1 << 20, () -> 100, System::nanoTime), 100);
    byte[] text = new byte[101];
    Arrays.fill(text, (byte) '1');
    pipeline.accept(uplink("alarm", text));
    assertThat(letters).hasSize(1);
    letters.getFirst().stored(1);
    assertThat(receipts)
        .singleElement()
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(RejectReason.TOO_LARGE);
              assertThat(rejected.detail()).contains("limits.alarm-payload");
            });
  }

  @Test
  void observerOfStoredRecordsThatThrowsTakesNoReceiptWithIt() {
    storedFault = new IllegalStateException("presence");
    List<Long> tapped = new ArrayList<>();
    IngestPipeline pipeline = pipeline();
    pipeline.tapAlarms((sequence, body) -> tapped.add(sequence));
    IngestEntry entry =
        new IngestEntry(
            pipeline,
            uplink("alarm", new byte[1]),
            device.id(),
            MessageClass.ALARM,
            new byte[1],
            null);
    entry.stored(7);
    assertThat(receipts).containsExactly(new Receipt.Stored(Lane.ALARM, 7));
    assertThat(tapped).containsExactly(7L);
  }

  @Test
  void readingThatEndsAnAlarmTakesTheAlarmLaneAndTheWatchIsToldOfItsWay() throws Exception {
    List<String> told = new ArrayList<>();
    IngestPipeline pipeline = pipeline();
    pipeline.watchAlarms(
        new AlarmWatch() {
          @Override
          public boolean isOpen(String device) {
            return true;
          }

          @Override
          public Cap ending(String device, byte[] body) {
            return new String(body, UTF_8).contains("normal")
                ? new Cap("Unknown", "Unknown", "Unknown", "Test")
                : null;
          }

          @Override
          public void underWay(String device) {
            told.add("under way");
          }

          @Override
          public void stored(String device, long sequence) {
            told.add("stored " + sequence);
          }

          @Override
          public void lost(String device) {
            told.add("lost");
          }
        });
    pipeline.accept(uplink("telemetry", "{\"state\":\"fire\"}".getBytes(UTF_8)));
    pipeline.accept(uplink("telemetry", "{\"state\":\"normal\"}".getBytes(UTF_8)));
    assertThat(records).extracting(SpoolEntry::lane).containsExactly(Lane.TELEMETRY, Lane.ALARM);
    byte[] body = records.getLast().body();
    EncodedRecord view = new EncodedRecord().wrap(body, 0, body.length, Lane.ALARM, 1, "e");
    assertThat(view.messageClass()).isEqualTo(MessageClass.ALARM);
    assertThat(view.isRuled()).isTrue();
    assertThat(view.cap().status()).isEqualTo("Test");
    assertThat(view.toRecord().measurements()).hasSize(1);
    records.getLast().stored(5);
    records.getLast().failed("disk");
    recordFault = new IllegalStateException("closed");
    pipeline.accept(uplink("alarm", "{\"state\":\"fire\"}".getBytes(UTF_8)));
    assertThat(told).containsExactly("under way", "stored 5", "lost", "under way", "lost");
  }

  @Test
  void largestPacketOfAnAdapterIsKeptThroughTheSmallestQueue(@TempDir Path directory)
      throws Exception {
    SpoolSettings settings =
        new SpoolSettings(
            new Bytes(8 << 20),
            new Bytes(64 << 10),
            10,
            20,
            Policy.DROP_OLDEST,
            Policy.REFUSE,
            Policy.REFUSE,
            null,
            new Bytes(1 << 20),
            new Bytes(1 << 20),
            null);
    try (SegmentedSpool spool = SegmentedSpool.open(settings, directory, Clock.systemUTC())) {
      IngestPipeline pipeline = pipeline(spool);
      spool.afterBatch(pipeline::flushSinks);
      byte[] largest = new byte[MessageBounds.packet(Long.MAX_VALUE)];
      pipeline.accept(uplink("telemetry", largest));
      byte[] text = new byte[MessageBounds.PAYLOAD_MAX_BYTES];
      Arrays.fill(text, (byte) 'a');
      Awaitility.await().until(() -> receipts.size() == 1);
      pipeline.accept(uplink("telemetry", text));
      Awaitility.await().until(() -> receipts.size() == 2);
    }
    assertThat(receipts).noneMatch(receipt -> receipt instanceof Receipt.Busy);
  }

  private IngestPipeline pipeline() {
    return pipeline(
        (Spool)
            Proxy.newProxyInstance(
                Spool.class.getClassLoader(),
                new Class<?>[] {Spool.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "epoch" -> "e0";
                      case "terms" -> Terms.NONE;
                      case "append" -> add(records, arguments[0], recordFault);
                      case "appendDeadLetter" -> add(letters, arguments[0], letterFault);
                      default -> null;
                    }));
  }

  private static boolean add(List<SpoolEntry> to, Object entry, RuntimeException fault) {
    if (fault != null) {
      throw fault;
    }
    return to.add((SpoolEntry) entry);
  }

  private IngestPipeline pipeline(Spool spool) {
    return new IngestPipeline(
        this::find,
        new Vocabulary(ShippedDialects.usual(), Profiles.NONE),
        new Normalizer("gw", Profiles.NONE),
        spool,
        traffic,
        new DeviceLimits(LimitSettings.DEFAULTS, System::nanoTime),
        new IngestPipeline.Observer() {
          @Override
          public void stored(DeviceId id, Uplink uplink) {
            if (storedFault != null) {
              throw storedFault;
            }
          }

          @Override
          public void refused(Uplink uplink, RejectReason reason, String detail) {
            if (observerFault != null) {
              throw observerFault;
            }
          }
        });
  }

  private Device find(String id) {
    return switch (deviceFault) {
      case RuntimeException fault -> throw fault;
      case Error fault -> throw fault;
      case null, default -> device;
    };
  }

  private Uplink uplink(String topic, byte[] payload) {
    return new Uplink() {
      @Override
      public DeviceId device() {
        return device.id();
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
        return 1;
      }

      @Override
      public long receivedNanos() {
        return System.nanoTime();
      }

      @Override
      public ReceiptSink sink() {
        return sink;
      }
    };
  }
}
