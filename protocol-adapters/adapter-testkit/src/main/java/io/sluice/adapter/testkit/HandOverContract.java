package io.sluice.adapter.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What an adapter must pass whose devices take commands as they come: four cases of a device that
 * another link takes over, or that takes over from another.
 */
public interface HandOverContract {
  /** The device that is handed over, and its password. */
  String MOVING = "d1";

  String PASSWORD = "pw";

  /** An adapter on the loopback address; port 0 takes a free one. */
  Adapter adapter(int port);

  /** Whether devices take commands as they come; false where they only poll. */
  default boolean takesCommands() {
    return false;
  }

  /**
   * A client that takes commands. Returns before it is let in, which may have to wait for another
   * link's end.
   *
   * @param answers whether it acknowledges what it takes
   */
  default CommandTaker commandTaker(
      Adapter adapter, String device, String password, boolean answers) throws Exception {
    throw new UnsupportedOperationException("devices poll");
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(60));
  }

  private static Command command(String name) {
    return new Command(
        name,
        new DeviceId(MOVING),
        name,
        ContentType.TEXT,
        name.getBytes(UTF_8),
        1_000,
        Long.MAX_VALUE);
  }

  private static RecordingGateway gateway() {
    return new RecordingGateway().device(MOVING, PASSWORD);
  }

  /** A link of another adapter. It ends when the test says so. */
  final class ForeignLink implements DeviceLink {
    private static final Admission.Admitted ADMITTED =
        new Admission.Admitted(
            new Device(
                new DeviceId(MOVING), "p", "factory", "site", null, null, true, true, false));

    private final AtomicReference<@Nullable LinkEnd> closed = new AtomicReference<>(null);

    @Override
    public boolean send(Command command) {
      return false;
    }

    @Override
    public void close(LinkEnd reason) {
      closed.set(reason);
    }

    private CompletableFuture<Void> claim(RecordingGateway gateway) {
      return gateway.claim(ADMITTED, this).toCompletableFuture();
    }

    private void attach(RecordingGateway gateway) {
      Peer peer = new Peer("foreign", new InetSocketAddress("192.0.2.1", 4711), false);
      assertThat(gateway.attach(ADMITTED, peer, this)).isTrue();
    }
  }

  @Test
  default void linkThatIsTakenOverGivesWhatIsUnansweredBackBeforeItEnds() throws Exception {
    assumeTrue(takesCommands(), "devices poll");
    try (RecordingGateway gateway = gateway();
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      try (CommandTaker device = commandTaker(adapter, MOVING, PASSWORD, false)) {
        patiently().until(() -> gateway.link(MOVING) != null);
        gateway.submit(command("c1"));
        patiently().untilAsserted(() -> assertThat(device.taken()).containsExactly("c1"));
        CompletableFuture<Void> turn = new ForeignLink().claim(gateway);
        patiently().until(turn::isDone);
        assertThat(gateway.linkEvents()).containsExactly("returned c1", "ended");
      }
      assertThat(gateway.linkEvents()).as("once").containsExactly("returned c1", "ended");
    }
  }

  @Test
  default void linkThatIsTakenOverGivesNothingBackThatWasAnswered() throws Exception {
    assumeTrue(takesCommands(), "devices poll");
    try (RecordingGateway gateway = gateway();
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      try (CommandTaker device = commandTaker(adapter, MOVING, PASSWORD, true)) {
        patiently().until(() -> gateway.link(MOVING) != null);
        gateway.submit(command("c1"));
        patiently().until(() -> gateway.acknowledgedCommands().contains("c1"));
        assertThat(device.taken()).containsExactly("c1");
        DeviceLink link = Objects.requireNonNull(gateway.link(MOVING));
        CompletableFuture<Void> turn = new ForeignLink().claim(gateway);
        patiently().until(turn::isDone);
        link.close(LinkEnd.TAKEN_OVER); // again, and behind its end
        assertThat(link.send(command("c2"))).isFalse();
      }
      assertThat(gateway.linkEvents()).containsExactly("ended");
    }
  }

  @Test
  default void linkThatTakesOverIsGivenNothingBeforeTheOtherHasEnded() throws Exception {
    assumeTrue(takesCommands(), "devices poll");
    try (RecordingGateway gateway = gateway();
        Adapter adapter = adapter(0)) {
      adapter.start(gateway);
      ForeignLink earlier = new ForeignLink();
      earlier.attach(gateway);
      try (CommandTaker device = commandTaker(adapter, MOVING, PASSWORD, true)) {
        patiently().until(() -> earlier.closed.get() == LinkEnd.TAKEN_OVER);
        gateway.submit(command("c1"));
        assertThat(device.taken()).isEmpty();
        gateway.detach(new DeviceId(MOVING), earlier);
        patiently().until(() -> gateway.acknowledgedCommands().contains("c1"));
        assertThat(device.taken()).containsExactly("c1");
        assertThat(gateway.returnedCommands()).isEmpty();
      }
    }
  }

  @Test
  default void deviceThatMovesToAnotherListenerIsHandedOver() throws Exception {
    assumeTrue(takesCommands(), "devices poll");
    try (RecordingGateway gateway = gateway();
        Adapter hall1 = adapter(0);
        Adapter hall2 = adapter(0)) {
      hall1.start(gateway);
      hall2.start(gateway);
      try (CommandTaker before = commandTaker(hall1, MOVING, PASSWORD, false)) {
        patiently().until(() -> gateway.link(MOVING) != null);
        gateway.submit(command("c1"));
        patiently().untilAsserted(() -> assertThat(before.taken()).containsExactly("c1"));
        try (CommandTaker after = commandTaker(hall2, MOVING, PASSWORD, true)) {
          patiently().until(() -> gateway.linkEvents().contains("ended"));
          assertThat(gateway.linkEvents()).containsExactly("returned c1", "ended");
          gateway.submit(command("c2"));
          patiently().until(() -> gateway.acknowledgedCommands().contains("c2"));
          assertThat(after.taken()).containsExactly("c2");
          assertThat(before.taken()).containsExactly("c1");
        }
      }
    }
  }
}
