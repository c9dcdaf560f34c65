package io.sluice.engine.registry.command;

import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Fixture.Link;
import io.sluice.engine.registry.Fixture.TestClock;
import io.sluice.engine.registry.Registry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How commands end: by what devices answer, and by whom they are cancelled. */
class CommandOutcomesTest {
  private static final DeviceId DEVICE = id("a");

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private Registry registry;

  @BeforeEach
  void open() throws Exception {
    reopen();
    registry.directory().put(spec("a"));
  }

  private void reopen() throws IOException {
    registry =
        Registry.open(
            directory, Fixture.SHORT_SECRETS, LimitSettings.DEFAULTS, Fixture.PROFILES, clock);
  }

  private void restart() throws IOException {
    registry.close();
    reopen();
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private String queued(String name) {
    byte[] payload = name.getBytes(StandardCharsets.UTF_8);
    Submission verdict =
        registry
            .commandService()
            .submit(DEVICE, name, ContentType.TEXT, payload, Duration.ofHours(1));
    return ((Submission.Taken) verdict).command().id();
  }

  private CommandView view(String id) {
    return Objects.requireNonNull(registry.commandService().get(DEVICE, id));
  }

  private Link attach() {
    Link link = new Link();
    link.ready = true;
    Fixture.attach(registry, DEVICE.value(), link);
    registry.commands().ready(DEVICE);
    return link;
  }

  private void expire() {
    clock.forward(Duration.ofHours(2));
    Fixture.sweepCommands(registry);
  }

  @Test
  void refusedCommandKeepsItsReasonAndIsNotSentAgain() throws Exception {
    attach();
    String id = queued("open");
    registry.commands().refused(DEVICE, id, 0x97);
    restart();
    assertThat(view(id).state()).isEqualTo(State.REFUSED);
    assertThat(view(id).reasonCode()).isEqualTo(0x97);
    assertThat(view(id).acknowledgedMicros()).isNotNull();
    assertThat(attach().names()).isEmpty();
  }

  @Test
  void commandWithoutAnAnswerStaysSentAndIsNotSentAgainAlsoAfterARestart() throws Exception {
    attach();
    String id = queued("open");
    registry.commands().unanswered(DEVICE, id);
    assertThat(attach().names()).isEmpty();
    restart();
    assertThat(attach().names()).isEmpty();
    expire();
    assertThat(view(id).state()).isEqualTo(State.SENT);
    assertThat(view(id).acknowledgedMicros()).isNull();
  }

  @Test
  void answerAfterTheExpiryCounts() throws Exception {
    attach();
    String done = queued("open");
    String refused = queued("shut");
    expire();
    assertThat(view(done).state()).isEqualTo(State.EXPIRED);
    registry.commands().acknowledged(DEVICE, done);
    registry.commands().refused(DEVICE, refused, 0x80);
    restart();
    assertThat(view(done).state()).isEqualTo(State.ACKNOWLEDGED);
    assertThat(view(done).acknowledgedMicros()).isGreaterThan(view(done).expiresMicros());
    assertThat(view(refused).state()).isEqualTo(State.REFUSED);
  }

  @Test
  void cancelledCommandIsNotSentAnyMore() throws Exception {
    String waiting = queued("open");
    String later = queued("shut");
    CommandView cancelled = registry.commandService().cancel(DEVICE, waiting);
    assertThat(cancelled.state()).isEqualTo(State.CANCELLED);
    assertThat(attach().names()).containsExactly("shut");
    restart();
    assertThat(view(waiting).state()).isEqualTo(State.CANCELLED);
    assertThat(attach().names()).containsExactly("shut");
    expire();
    assertThat(view(later).state()).isEqualTo(State.EXPIRED);
  }

  @Test
  void cancelledCommandThatTheDeviceHasSaysSo() {
    Link link = attach();
    String id = queued("open");
    registry.commandService().cancel(DEVICE, id);
    assertThat(view(id).acknowledgedMicros()).isNull();
    registry.commands().acknowledged(DEVICE, id);
    assertThat(view(id).state()).isEqualTo(State.CANCELLED);
    assertThat(view(id).acknowledgedMicros()).isNotNull();
    registry.commands().returned(DEVICE, id, link);
    registry.presence().detach(DEVICE, link);
    assertThat(attach().names()).isEmpty();
  }

  @Test
  void whatHasEndedIsNotCancelled() {
    attach();
    String id = queued("open");
    registry.commands().acknowledged(DEVICE, id);
    assertThat(registry.commandService().cancel(DEVICE, id).state()).isEqualTo(State.ACKNOWLEDGED);
    registry.commands().refused(DEVICE, id, 0x80);
    assertThat(view(id).state()).isEqualTo(State.ACKNOWLEDGED);
    assertThat(registry.commandService().cancel(DEVICE, "none")).isNull();
    assertThat(registry.commandService().cancel(id("b"), id)).isNull();
  }

  @Test
  void cancellingMakesRoomInTheQueue() {
    String first = queued("n0");
    for (int i = 1; i < CommandQueue.MAX_WAITING; i++) {
      queued("n" + i);
    }
    registry.commandService().cancel(DEVICE, first);
    assertThat(view(queued("one-more")).state()).isEqualTo(State.QUEUED);
  }
}
