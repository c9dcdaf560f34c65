package io.sluice.engine.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.ReceiptSink;
import io.sluice.api.adapter.Uplink;
import io.sluice.engine.dialect.ShippedDialects;
import io.sluice.engine.limits.DeviceLimits;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.profile.Profiles;
import io.sluice.spool.Spool;
import io.sluice.spool.Terms;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wills, and what a device publishes on its will's topic when it is back. */
class PresenceMessageTest {
  private static final Map<String, Device> DEVICES =
      Map.of(
          "d1", device("d1", null), "child", device("child", "d1"), "other", device("other", null));

  @TempDir private Path directory;
  private final List<IngestEntry> records = new ArrayList<>();
  private int letters;
  private final List<Receipt> receipts = new ArrayList<>();
  private IngestPipeline pipeline;

  private static Device device(String id, @Nullable String parent) {
    DeviceId above = parent == null ? null : new DeviceId(parent);
    return new Device(new DeviceId(id), "one", "factory", "site", null, above, true, true, false);
  }

  @BeforeEach
  void open() throws IOException {
    Path profile = directory.resolve("one.yaml");
    Files.writeString(profile, "id: one\nmetrics:\n  temperature: { unit: Cel }\n");
    Profiles profiles = Profiles.load(List.of(profile)).profiles();
    pipeline =
        new IngestPipeline(
            DEVICES::get,
            new Vocabulary(ShippedDialects.usual(), profiles),
            new Normalizer("gw", profiles),
            (Spool)
                Proxy.newProxyInstance(
                    Spool.class.getClassLoader(),
                    new Class<?>[] {Spool.class},
                    (proxy, method, arguments) ->
                        switch (method.getName()) {
                          case "epoch" -> "e0";
                          case "terms" -> Terms.NONE;
                          case "append" -> records.add((IngestEntry) arguments[0]);
                          case "appendDeadLetter" -> ++letters > 0;
                          default -> null;
                        }),
            new TrafficMeter(),
            new DeviceLimits(LimitSettings.DEFAULTS, System::nanoTime),
            new IngestPipeline.Observer() {
              @Override
              public void stored(DeviceId id, Uplink uplink) {}

              @Override
              public void refused(Uplink uplink, RejectReason reason, String detail) {}
            });
  }

  private void accept(
      String topic,
      String payload,
      @Nullable MessageClass given,
      @Nullable MessageClass ifUnmapped) {
    pipeline.accept(new Message(topic, payload.getBytes(UTF_8), given, ifUnmapped));
  }

  private void will(String topic, String payload, MessageClass given) {
    accept(topic, payload, given, given);
  }

  @Test
  void willThatIsNoReadingIsKeptAsText() {
    will("tele/x/LWT", "Offline", MessageClass.EVENT);
    assertThat(records)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.messageClass()).isEqualTo(MessageClass.EVENT);
          assertThat(new String(entry.body(), UTF_8)).contains("Offline");
        });
    assertThat(letters).isZero();
  }

  @Test
  void willIsItsDevicesWhateverItsTopicLooksLike() {
    will("telemetry/other", "{\"state\":\"gone\"}", MessageClass.EVENT);
    will("alarm/nobody", "{\"state\":\"gone\"}", MessageClass.ALARM);
    will("event/child", "{\"state\":\"gone\"}", MessageClass.EVENT);
    assertThat(records)
        .extracting(entry -> entry.device().value() + " " + entry.messageClass())
        .containsExactly("d1 EVENT", "d1 ALARM", "child EVENT");
    assertThat(receipts).isEmpty();
  }

  @Test
  void whatIsPublishedOnTheTopicOfTheWillIsItsCounterpart() {
    accept("tele/x/LWT", "Online", null, MessageClass.EVENT);
    assertThat(records)
        .singleElement()
        .matches(entry -> entry.messageClass() == MessageClass.EVENT)
        .matches(entry -> new String(entry.body(), UTF_8).contains("Online"));
  }

  @Test
  void topicThatIsMappedStaysWhatItIs() {
    accept("telemetry", "21.5", null, MessageClass.EVENT);
    assertThat(records)
        .singleElement()
        .matches(entry -> entry.messageClass() == MessageClass.TELEMETRY);
    accept("telemetry", "Online", null, MessageClass.EVENT);
    assertThat(letters).isEqualTo(1);
    accept("telemetry/other", "21.5", null, MessageClass.EVENT);
    assertThat(receipts)
        .singleElement()
        .isInstanceOfSatisfying(
            Receipt.Rejected.class,
            refused -> assertThat(refused.reason()).isEqualTo(RejectReason.NOT_AUTHORIZED));
  }

  @Test
  void otherTopicsAreRefusedAsBefore() {
    accept("tele/y/LWT", "Online", null, null);
    assertThat(records).isEmpty();
    assertThat(letters).isEqualTo(1);
  }

  private final class Message implements Uplink, ReceiptSink {
    private final String topic;
    private final byte[] payload;
    private final @Nullable MessageClass given;
    private final @Nullable MessageClass ifUnmapped;

    private Message(
        String topic,
        byte[] payload,
        @Nullable MessageClass given,
        @Nullable MessageClass ifUnmapped) {
      this.topic = topic;
      this.payload = payload;
      this.given = given;
      this.ifUnmapped = ifUnmapped;
    }

    @Override
    public DeviceId device() {
      return new DeviceId("d1");
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
      return 1_700_000_000_000_000L;
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
    public @Nullable MessageClass classIfUnmapped() {
      return ifUnmapped;
    }

    @Override
    public ReceiptSink sink() {
      return this;
    }

    @Override
    public void receipt(Uplink uplink, Receipt receipt) {
      receipts.add(receipt);
    }

    @Override
    public void flush() {}
  }
}
