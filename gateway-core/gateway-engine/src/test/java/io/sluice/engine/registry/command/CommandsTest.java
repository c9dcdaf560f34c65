package io.sluice.engine.registry.command;

import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.GatewayTime;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.operator.CommandService.Submission;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Fixture.Link;
import io.sluice.engine.registry.Fixture.TestClock;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.AccessSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final DeviceId DEVICE = id("a");

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private Registry registry;

  @BeforeEach
  void openRegistry() throws Exception {
    reopen();
    registry.directory().put(spec("a"));
  }

  private void reopen() throws IOException {
    registry =
        Registry.open(
            directory,
            Fixture.SHORT_SECRETS,
            io.sluice.engine.limits.LimitSettings.DEFAULTS,
            Fixture.PROFILES,
            clock);
  }

  @Test
  void commandKeepsTheTimeThatItHasLeftWhereTheClockIsSet() throws Exception {
    registry.close();
    long[] nanos = {0};
    registry =
        Registry.open(
            directory,
            AccessSettings.DEFAULTS,
            io.sluice.engine.limits.LimitSettings.DEFAULTS,
            Fixture.PROFILES,
            new GatewayTime(clock, () -> nanos[0]));
    String id = queued("open-valve");
    clock.forward(Duration.ofDays(20_000));
    Fixture.sweepCommands(registry);
    assertThat(state(id)).isEqualTo(State.QUEUED);

    registry.close();
    reopen();
    assertThat(state(id)).as("it is kept so").isEqualTo(State.QUEUED);
    clock.forward(HOUR.plusSeconds(1));
    Fixture.sweepCommands(registry);
    assertThat(state(id)).isEqualTo(State.EXPIRED);
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  private Submission submit(String name, Duration expiry) {
    byte[] payload = name.getBytes(StandardCharsets.UTF_8);
    return registry.commandService().submit(DEVICE, name, ContentType.TEXT, payload, expiry);
  }

  private String queued(String name) {
    return ((Submission.Taken) submit(name, HOUR)).command().id();
  }

  private State state(String id) {
    return Objects.requireNonNull(registry.commandService().get(DEVICE, id)).state();
  }

  private Link attach(boolean ready) {
    Link link = new Link();
    link.ready = ready;
    Fixture.attach(registry, DEVICE.value(), link);
    return link;
  }

  @Test
  void commandGoesToAConnectedDeviceAtOnce() {
    Link link = attach(true);
    String id = queued("reboot");
    assertThat(link.names()).containsExactly("reboot");
    assertThat(link.sent.getFirst().payload()).asString().isEqualTo("reboot");
    assertThat(state(id)).isEqualTo(State.SENT);
    registry.commands().acknowledged(DEVICE, id);
    assertThat(state(id)).isEqualTo(State.ACKNOWLEDGED);
    assertThat(registry.commandService().get(DEVICE, id).acknowledgedMicros()).isNotNull();
  }

  @Test
  void commandWaitsForASleeperAndKeepsItsOrder() {
    String first = queued("first");
    Link link = attach(false);
    queued("second");
    queued("third");
    assertThat(link.sent).isEmpty();
    assertThat(state(first)).isEqualTo(State.QUEUED);
    link.ready = true;
    registry.commands().ready(DEVICE);
    registry.commands().ready(DEVICE);
    assertThat(link.names()).containsExactly("first", "second", "third");
  }

  @Test
  void unacknowledgedCommandIsSentAgainOnTheNextSessionOnly() {
    Link first = attach(true);
    String lost = queued("lost");
    String done = queued("done");
    registry.commands().acknowledged(DEVICE, done);
    registry.commands().ready(DEVICE);
    assertThat(first.names()).containsExactly("lost", "done");
    Link second = attach(true);
    registry.commands().ready(DEVICE);
    assertThat(second.sent).as("while the first has not ended").isEmpty();
    registry.presence().detach(DEVICE, first);
    assertThat(second.names()).containsExactly("lost");
    assertThat(second.sent.getFirst().id()).isEqualTo(lost);
  }

  @Test
  void returnedCommandIsQueuedAgain() {
    Link link = attach(true);
    String id = queued("x");
    registry.commands().returned(DEVICE, id);
    assertThat(state(id)).as("no poll was given it").isEqualTo(State.SENT);
    registry.commands().returned(DEVICE, id, link);
    assertThat(state(id)).isEqualTo(State.QUEUED);
    registry.commands().ready(DEVICE);
    assertThat(link.names()).containsExactly("x", "x");
  }

  @Test
  void whoLostADeviceTakesNoCommandBackFromTheNext() {
    Link first = attach(true);
    String done = queued("done");
    String taken = queued("taken");
    registry.commands().acknowledged(DEVICE, done);
    Link second = attach(true);
    registry.commands().returned(DEVICE, taken, first);
    registry.presence().detach(DEVICE, first);
    assertThat(second.names()).as("as the first has given it back").containsExactly("taken");
    registry.commands().returned(DEVICE, taken, first); // late
    registry.commands().returned(DEVICE, taken); // of a poll that was never made
    registry.commands().ready(DEVICE);
    assertThat(state(taken)).isEqualTo(State.SENT);
    assertThat(second.names()).containsExactly("taken");
    registry.commands().acknowledged(DEVICE, taken); // by the first: the device has it
    registry.commands().returned(DEVICE, taken, second);
    registry.commands().refused(DEVICE, taken, 0x80);
    assertThat(state(taken)).isEqualTo(State.ACKNOWLEDGED);
    registry.presence().detach(DEVICE, second);
    assertThat(attach(true).names()).isEmpty();
  }

  @Test
  void whatAPollWasGivenIsNotTakenBackByALink() {
    Link link = attach(false);
    String id = queued("x");
    assertThat(name(poll())).isEqualTo("x");
    registry.commands().returned(DEVICE, id, link);
    assertThat(state(id)).isEqualTo(State.SENT);
    registry.commands().returned(DEVICE, id);
    assertThat(state(id)).isEqualTo(State.QUEUED);
  }

  @Test
  void pollGivesTheOldestAndAgainOnlyAfterAWhile() {
    String first = queued("first");
    queued("second");
    assertThat(name(poll())).isEqualTo("first");
    assertThat(name(poll())).isEqualTo("second");
    assertThat(poll()).isNull();
    clock.forward(CommandQueues.POLL_AGAIN);
    assertThat(name(poll())).isEqualTo("first");
    registry.commands().acknowledged(DEVICE, first);
    assertThat(name(poll())).isEqualTo("second");
    assertThat(registry.commands().poll(id("nobody"))).isNull();
  }

  private Command poll() {
    return registry.commands().poll(DEVICE);
  }

  private static String name(Command command) {
    return Objects.requireNonNull(command).name();
  }

  @Test
  void commandExpiresAndIsNotSentAnyMore() {
    String id = queued("late");
    clock.forward(HOUR);
    Link link = attach(true);
    registry.commands().ready(DEVICE);
    assertThat(link.sent).isEmpty();
    assertThat(poll()).isNull();
    Fixture.sweepCommands(registry);
    assertThat(state(id)).isEqualTo(State.EXPIRED);
    registry.commands().acknowledged(DEVICE, id);
    assertThat(state(id)).isEqualTo(State.EXPIRED);
  }

  @Test
  void commandsOfARetiredDeviceExpire() {
    String id = queued("x");
    registry.directory().retire(DEVICE);
    Fixture.sweepCommands(registry);
    assertThat(state(id)).isEqualTo(State.EXPIRED);
    assertThat(submit("y", HOUR)).isInstanceOf(Submission.UnknownDevice.class);
  }

  @Test
  void boundsAreKept() {
    for (int i = 0; i < CommandQueue.MAX_WAITING; i++) {
      assertThat(submit("c" + i, HOUR)).isInstanceOf(Submission.Taken.class);
    }
    assertThat(submit("more", HOUR)).isEqualTo(new Submission.QueueFull(CommandQueue.MAX_WAITING));
    assertThat(submit("a/b", HOUR)).isInstanceOf(Submission.Invalid.class);
    assertThat(submit("x", Duration.ofDays(31))).isInstanceOf(Submission.Invalid.class);
    byte[] large = new byte[CommandRules.MAX_PAYLOAD_BYTES + 1];
    assertThat(registry.commandService().submit(DEVICE, "x", ContentType.BYTES, large, HOUR))
        .isInstanceOf(Submission.Invalid.class);
    clock.forward(HOUR);
    Fixture.sweepCommands(registry);
    assertThat(registry.commandService().list(DEVICE, 1_000)).hasSize(CommandQueue.MAX_ENDED);
    assertThat(submit("more", HOUR)).isInstanceOf(Submission.Taken.class);
  }

  @Test
  void listIsNewestFirst() {
    queued("first");
    queued("second");
    queued("third");
    List<CommandView> views = registry.commandService().list(DEVICE, 2);
    assertThat(views).extracting(CommandView::name).containsExactly("third", "second");
  }

  @Test
  void restartKeepsStatesAndSendsAgainWhatWasNotAcknowledged() throws Exception {
    attach(true);
    String acknowledged = queued("acknowledged");
    registry.commands().acknowledged(DEVICE, acknowledged);
    String sent = queued("sent");
    Fixture.attach(registry, DEVICE.value(), new Link());
    String queued = queued("queued");
    registry.close();
    reopen();
    assertThat(state(acknowledged)).isEqualTo(State.ACKNOWLEDGED);
    assertThat(state(queued)).isEqualTo(State.QUEUED);
    Link link = attach(true);
    registry.commands().ready(DEVICE);
    assertThat(link.names()).containsExactly("sent", "queued");
    assertThat(link.sent).extracting(Command::id).containsExactly(sent, queued);
    assertThat(link.sent.getFirst().payload()).asString().isEqualTo("sent");
  }

  @Test
  void commandIsOnDiskWhenSubmitReturns() throws Exception {
    queued("x");
    // a second connection sees what a crash would leave
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("registry.db"));
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT name, state FROM command")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("x");
      assertThat(rows.getString(2)).isEqualTo("QUEUED");
    }
  }
}
