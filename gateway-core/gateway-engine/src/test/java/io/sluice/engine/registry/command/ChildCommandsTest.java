package io.sluice.engine.registry.command;

import static io.sluice.engine.registry.Fixture.child;
import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Fixture.Link;
import io.sluice.engine.registry.Fixture.TestClock;
import io.sluice.engine.registry.Registry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands for a device behind a concentrator are given to the concentrator's link. */
class ChildCommandsTest {
  private static final DeviceId HUB = id("hub");
  private static final DeviceId KID = id("kid");

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private Registry registry;

  @BeforeEach
  void openRegistry() throws Exception {
    registry =
        Registry.open(
            directory, Fixture.SHORT_SECRETS, LimitSettings.DEFAULTS, Fixture.PROFILES, clock);
    registry.directory().put(spec("hub"));
    registry.directory().put(spec("other"));
    registry.directory().put(child("kid", "hub"));
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  private Submission submit(DeviceId device, String name) {
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    return registry
        .commandService()
        .submit(device, name, ContentType.JSON, payload, Duration.ofHours(1));
  }

  private String queued(DeviceId device, String name) {
    return ((Submission.Taken) submit(device, name)).command().id();
  }

  private State state(String id) {
    return Objects.requireNonNull(registry.commandService().get(KID, id)).state();
  }

  private Link attach(String device, boolean forChildren) {
    Link link = Link.ready();
    link.forChildren = forChildren;
    Fixture.attach(registry, device, link);
    registry.commands().ready(id(device));
    return link;
  }

  @Test
  void waitsForItsConcentratorAndIsAnsweredByIt() {
    String first = queued(KID, "first");
    Link hub = attach("hub", true);
    String second = queued(KID, "second");
    queued(HUB, "own");
    assertThat(hub.names()).containsExactly("first", "second", "own");
    assertThat(hub.sent.getFirst().device()).isEqualTo(KID);
    registry.commands().acknowledged(HUB, first);
    registry.commands().refused(KID, second, 0x80);
    assertThat(state(first)).isEqualTo(State.ACKNOWLEDGED);
    assertThat(state(second)).isEqualTo(State.REFUSED);
  }

  @Test
  void linkThatTakesForNobodyElseAndAnotherDevicesAreNotGivenIt() {
    String id = queued(KID, "go");
    assertThat(attach("hub", false).sent).isEmpty();
    Link other = attach("other", true);
    assertThat(other.sent).isEmpty();
    registry.commands().acknowledged(id("other"), id);
    assertThat(state(id)).isEqualTo(State.QUEUED);
  }

  @Test
  void sessionOfItsOwnGoesBeforeTheConcentrators() {
    Link hub = attach("hub", true);
    Link own = attach("kid", false);
    queued(KID, "go");
    assertThat(own.names()).containsExactly("go");
    assertThat(hub.sent).isEmpty();
  }

  @Test
  void childThatIsMovedHasTheOtherConcentratorsLink() throws Exception {
    Link hub = attach("hub", true);
    Link other = attach("other", true);
    registry.directory().put(child("kid", "other"));
    queued(KID, "go");
    assertThat(hub.sent).isEmpty();
    assertThat(other.names()).containsExactly("go");
    registry.directory().put(child("kid", "hub"));
    registry.commands().ready(HUB);
    assertThat(hub.names()).as("not answered by the other").containsExactly("go");
  }

  /** A network server has it: its next session is not given it again. */
  @Test
  void whatIsHandedOverIsNotSentAgainAndEndsByItsAnswer() {
    Link hub = attach("hub", true);
    String id = queued(KID, "go");
    registry.commands().handedOver(HUB, id);
    registry.presence().detach(HUB, hub);
    Link again = attach("hub", true);
    assertThat(again.sent).isEmpty();
    assertThat(state(id)).isEqualTo(State.SENT);
    assertThat(registry.commands().oldestSent(HUB, "KID")).isEqualTo(id);
    assertThat(registry.commands().oldestSent(id("other"), "kid")).isNull();
    registry.commands().acknowledged(HUB, id);
    assertThat(state(id)).isEqualTo(State.ACKNOWLEDGED);
    assertThat(registry.commands().oldestSent(HUB, "kid")).isNull();
  }

  @Test
  void answerToOneThatWasGivenOutForGoodStillCounts() {
    attach("hub", true);
    String id = queued(KID, "go");
    registry.commands().unanswered(HUB, id);
    registry.commands().refused(HUB, id, 500);
    assertThat(state(id)).isEqualTo(State.REFUSED);
  }

  @Test
  void childIsHeardForTheFirstTimeAndHasWhatItsConcentratorCouldNotWriteBefore() {
    Link hub = attach("hub", true);
    String id = queued(KID, "go");
    registry.commands().returned(HUB, id, hub); // no form of the vendor's was known
    registry.presence().seen(KID, 1, "app/3/kid/up");
    assertThat(hub.names()).containsExactly("go", "go");
    assertThat(registry.presence().topic("kid")).isEqualTo("app/3/kid/up");
  }

  @Test
  void whatADevicesCodecWritesGoesWithTheCommandAndWhatItRefusesIsToldAtOnce() {
    Command.Encoded bytes = new Command.Encoded(new byte[] {1, 2}, 85);
    registry.encodeBy((device, contentType, payload) -> {
      if (device.equals(HUB)) {
        throw new PayloadException("no such command");
      }
      return bytes;
    });
    Link hub = attach("hub", true);
    queued(KID, "go");
    assertThat(hub.sent.getFirst().encoded()).isSameAs(bytes);
    assertThat(submit(HUB, "go")).isEqualTo(new Submission.Invalid("payload: no such command"));
  }
}
