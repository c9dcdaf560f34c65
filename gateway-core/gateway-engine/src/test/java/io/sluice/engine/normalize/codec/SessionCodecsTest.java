package io.sluice.engine.normalize.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.SessionCodecContract;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.MessageClass;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.SessionCodecFactory;
import io.sluice.engine.normalize.Bench;
import io.sluice.engine.normalize.Normalizer;
import io.sluice.engine.normalize.SessionCodecs;
import io.sluice.engine.normalize.profile.Profiles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Codecs that keep a state: for which session, for how long, and what is left of it. */
class SessionCodecsTest {
  private static final Device NODE = device("node");
  private static final Device CHILD = device("child");
  private static final Device OTHER = device("other");

  private final Profiles profiles = Bench.load("id: test", "codec: test-aliases").profiles();
  private final Map<DeviceId, Object> sessions = new HashMap<>(Map.of(NODE.id(), "first"));
  private final SessionCodecs codecs = new SessionCodecs(sessions::get);
  private final Normalizer normalizer = normalizer(profiles, codecs);

  private static Device device(String id) {
    return new Device(new DeviceId(id), "test", "farm", "n", null, null, true, true, false);
  }

  private static Normalizer normalizer(Profiles profiles, SessionCodecs codecs) {
    return new Normalizer("gw", profiles, any -> false, codecs);
  }

  private String take(@Nullable Device session, Device device, String topic, String payload)
      throws PayloadException {
    return new String(
        normalizer
            .normalize(
                session,
                device,
                MessageClass.TELEMETRY,
                ContentType.UNSPECIFIED,
                "mqtt",
                topic,
                payload.getBytes(UTF_8),
                Bench.NOW)
            .body(),
        UTF_8);
  }

  private void birth(Device session) throws PayloadException {
    take(session, session, "event", "1=temp 2=hum");
  }

  private void assertUnknown(@Nullable Device session) {
    assertThatThrownBy(() -> take(session, NODE, "telemetry", "1=21.5"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("alias 1 was not said in this session");
  }

  @Test
  void whatASessionSaidHoldsForItAndForTheChildrenBehindIt() throws PayloadException {
    birth(NODE);
    assertThat(take(NODE, NODE, "telemetry", "1=21.5")).contains("temp");
    assertThat(take(NODE, CHILD, "telemetry/child", "2=60")).contains("hum");
    assertThat(codecs.size()).isEqualTo(1);
  }

  @Test
  void anotherDevicesSessionKnowsNothingOfIt() throws PayloadException {
    sessions.put(OTHER.id(), "its own");
    birth(NODE);
    assertUnknown(OTHER);
  }

  @Test
  void newSessionOfTheSameDeviceKnowsNothing() throws PayloadException {
    birth(NODE);
    sessions.put(NODE.id(), "second");
    assertUnknown(NODE);
    assertThat(codecs.size()).isEqualTo(1);
  }

  @Test
  void endOfASessionDropsItsStateAndThatOfNoOther() throws PayloadException {
    birth(NODE);
    codecs.ended(NODE.id(), "another");
    assertThat(take(NODE, NODE, "telemetry", "1=21.5")).contains("temp");
    codecs.ended(NODE.id(), "first");
    assertThat(codecs.size()).isZero();
    assertUnknown(NODE);
  }

  @Test
  void messageWithoutASessionStandsAloneAndLeavesNothing() throws PayloadException {
    sessions.clear();
    for (Device session : new Device[] {null, NODE}) {
      take(session, NODE, "event", "1=temp");
      assertUnknown(session);
      assertThat(take(session, NODE, "telemetry", "temp=21.5")).contains("temp");
    }
    assertThat(codecs.size()).isZero();
  }

  @Test
  void sessionThatEndsWhileItsMessageIsReadLeavesNothing() throws PayloadException {
    Deque<Object> answers = new ArrayDeque<>(List.of("first"));
    SessionCodecs ending = new SessionCodecs(device -> answers.poll());
    normalizer(profiles, ending)
        .normalize(
            NODE,
            NODE,
            MessageClass.EVENT,
            ContentType.UNSPECIFIED,
            "mqtt",
            "event",
            "1=temp".getBytes(UTF_8),
            Bench.NOW);
    assertThat(ending.size()).isZero();
  }

  @Test
  void faultOfTheCodecEndsItsState() throws PayloadException {
    birth(NODE);
    assertThatThrownBy(() -> take(NODE, NODE, "telemetry", "1=21.5 fail"))
        .isInstanceOfSatisfying(
            PayloadException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(RejectReason.INTERNAL));
    assertUnknown(NODE);
  }

  @Test
  void codecWithoutStateMakesNoEntry() throws PayloadException {
    Normalizer plain = normalizer(Bench.load("id: test").profiles(), codecs);
    plain.normalize(
        NODE,
        NODE,
        MessageClass.TELEMETRY,
        ContentType.JSON,
        "mqtt",
        "telemetry",
        "{\"a\":1}".getBytes(UTF_8),
        Bench.NOW);
    assertThat(codecs.size()).isZero();
  }

  @Nested
  class Aliases implements SessionCodecContract {
    @Override
    public SessionCodecFactory factory() {
      return new TestCodecs.Aliases();
    }

    private static Said said(String topic, String payload, boolean needsState, String... leaves) {
      return new Said(topic, payload.getBytes(UTF_8), needsState, Set.of(leaves));
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message("temp=21.5".getBytes(UTF_8), Set.of("temp")),
          new Message("a=1 b=2".getBytes(UTF_8), Set.of("a", "b")));
    }

    @Override
    public List<Said> exchange() {
      return List.of(
          said("event", "1=temp 2=hum", false, "aliases"),
          said("telemetry", "1=21.5 2=60", true, "temp", "hum"),
          said("telemetry", "2=61 door=open", true, "hum", "door"));
    }

    @Override
    public Said growing(int number) {
      return said(
          "event",
          IntStream.rangeClosed(0, number)
              .mapToObj(i -> i + "=m" + i)
              .collect(Collectors.joining(" ")),
          false);
    }
  }
}
