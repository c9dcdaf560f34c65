package io.sluice.engine.registry.presence;

import static io.sluice.engine.registry.Fixture.PEER;
import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.open;
import static io.sluice.engine.registry.Fixture.password;
import static io.sluice.engine.registry.Fixture.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.api.Command;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Fixture.Link;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.device.DeviceEntry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PresenceTest {
  @TempDir Path directory;
  private Registry registry;
  private Presence presence;

  @BeforeEach
  void openRegistry() throws Exception {
    registry = open(directory);
    presence = registry.presence();
    registry.directory().put(spec("a", password("geheim")));
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  @Test
  void secondSessionClosesTheFirst() {
    Link first = new Link();
    Link second = new Link();
    Fixture.attach(registry, "a", first);
    Fixture.attach(registry, "a", second);
    assertThat(first.closed.get()).isEqualTo(LinkEnd.TAKEN_OVER);
    assertThat(presence.connected()).isEqualTo(1);
    // the first one's end comes late and must not end the second
    presence.detach(id("a"), first);
    assertThat(presence.link(id("a"))).isSameAs(second);
    presence.detach(id("a"), second);
    assertThat(presence.connected()).isZero();
    assertThat(presence.connected(id("a"))).isFalse();
  }

  @Test
  void whoHasSessionsIsToldFromWhoHasNone() {
    assertThat(presence.contact("a")).isEqualTo(Presence.Contact.UNKNOWN);
    Link first = new Link();
    Link second = new Link();
    Fixture.attach(registry, "a", first);
    presence.seen(id("a"), PEER); // a ping is no contact without a session
    assertThat(presence.contact("a")).isEqualTo(Presence.Contact.LIVE);
    Fixture.attach(registry, "a", second);
    presence.detach(id("a"), first);
    assertThat(presence.contact("a")).isEqualTo(Presence.Contact.LIVE);
    presence.detach(id("a"), second);
    presence.seen(id("a"), 7); // what it sent before is stored after its end
    assertThat(presence.contact("a")).isEqualTo(Presence.Contact.ENDED);
    presence.seen(id("a"), PEER);
    assertThat(presence.contact("a")).isEqualTo(Presence.Contact.SESSIONLESS);
    Fixture.attach(registry, "a", new Observation());
    assertThat(presence.contact("a")).isEqualTo(Presence.Contact.SESSIONLESS);
  }

  @Test
  void eachLinkHasItsTurnWhenTheOneBeforeHasEnded() {
    Link first = attached();
    Link second = new Link();
    Link third = new Link();
    CompletionStage<Void> ofSecond = Fixture.claim(registry, "a", second);
    CompletionStage<Void> ofThird = Fixture.claim(registry, "a", third);
    assertThat(first.closed.get()).isEqualTo(LinkEnd.TAKEN_OVER);
    assertThat(second.closed.get()).isEqualTo(LinkEnd.TAKEN_OVER);
    assertThat(presence.link(id("a"))).as("until it has ended").isSameAs(first);
    presence.detach(id("a"), second); // gives up, and is no way past the first
    assertThat(ofThird.toCompletableFuture()).isNotDone();
    presence.detach(id("a"), first);
    assertThat(ofThird.toCompletableFuture()).isDone();
    assertThat(ofSecond.toCompletableFuture()).isNotDone();
    assertThat(Fixture.attach(registry, "a", third)).isTrue();
    assertThat(third.closed.get()).isNull();
    assertThat(presence.taker(id("a"))).isSameAs(third);
    assertThat(presence.connected()).isEqualTo(1);
  }

  @Test
  void linkThatIsAttachedBehindOthersIsGivenNothingBeforeItsTurn() {
    Link first = attached();
    Link claimed = new Link();
    Link second = new Link();
    Fixture.claim(registry, "a", claimed);
    Fixture.attach(registry, "a", second);
    assertThat(presence.taker(id("a"))).isNull();
    assertThat(presence.link(id("a"))).isSameAs(second);
    presence.detach(id("a"), first);
    assertThat(Fixture.attach(registry, "a", claimed)).as("its turn, before it ends").isTrue();
    assertThat(presence.link(id("a"))).as("the last").isSameAs(second);
    presence.detach(id("a"), claimed);
    assertThat(presence.taker(id("a"))).isSameAs(second);
    presence.detach(id("a"), second);
    assertThat(presence.connected()).isZero();
    assertThat(presence.contact("a")).isEqualTo(Presence.Contact.ENDED);
  }

  @Test
  void linkThatNeverEndsIsWaitedForNoMoreAfterItsTime() {
    DeviceEntry entry = Fixture.entry("b");
    Presence impatient = new Presence(id -> entry, Clock.systemUTC(), Duration.ofMillis(20));
    List<String> turns = new CopyOnWriteArrayList<>();
    impatient.onTurn(device -> turns.add(device.value()));
    Link never = new Link();
    Link next = new Link();
    impatient.attach(entry.admitted(), PEER, never);
    impatient.attach(entry.admitted(), PEER, next);
    await().untilAsserted(() -> assertThat(impatient.taker(id("b"))).isSameAs(next));
    await().untilAsserted(() -> assertThat(turns).containsExactly("b"));
    impatient.detach(id("b"), never); // at last
    assertThat(impatient.link(id("b"))).isSameAs(next);
    assertThat(impatient.connected()).isEqualTo(1);
  }

  @Test
  void linkOfADeviceThatWasRemovedIsWaitedForByTheNextOfThatId() throws Exception {
    Link old = attached();
    presence.seen(id("a"), 4_711L);
    registry.directory().remove(id("a"));
    assertThat(presence.lastSeenMicros(id("a"))).isNull();
    registry.directory().put(spec("a", password("geheim")));
    Link next = new Link();
    CompletionStage<Void> turn = Fixture.claim(registry, "a", next);
    assertThat(turn.toCompletableFuture()).isNotDone();
    presence.detach(id("a"), old);
    assertThat(turn.toCompletableFuture()).isDone();
  }

  @Test
  void whoMayNotComeInClaimsNothing() throws Exception {
    Link link = attached();
    Admission.Admitted before = Fixture.admitted(registry, "a");
    registry.directory().put(spec("a", password("other")));
    presence.detach(id("a"), link);
    Link current = attached();
    Link outdated = new Link();
    assertThat(presence.claim(before, outdated).toCompletableFuture()).isDone();
    assertThat(presence.claimFree(before, outdated)).isFalse();
    assertThat(presence.attach(before, PEER, outdated)).isFalse();
    assertThat(current.closed.get()).isNull();
    assertThat(presence.taker(id("a"))).isSameAs(current);
  }

  @Test
  void deviceThatHasALinkIsNotFree() {
    Link link = new Link();
    assertThat(presence.claimFree(Fixture.admitted(registry, "a"), link)).isTrue();
    assertThat(presence.claimFree(Fixture.admitted(registry, "a"), new Link())).isFalse();
    assertThat(link.closed.get()).isNull();
    presence.detach(id("a"), link);
    assertThat(presence.claimFree(Fixture.admitted(registry, "a"), new Link())).isTrue();
  }

  /** A link that tells nothing of the device between its messages. */
  private static final class Observation implements DeviceLink {
    @Override
    public boolean send(Command command) {
      return false;
    }

    @Override
    public void close(LinkEnd reason) {
      // there is nothing to end
    }

    @Override
    public boolean isSession() {
      return false;
    }
  }

  @Test
  void retiringClosesTheSession() {
    Link link = attached();
    registry.directory().retire(id("a"));
    assertThat(link.closed.get()).isEqualTo(LinkEnd.RETIRED);
    assertThat(presence.connected()).isZero();
  }

  @Test
  void removingClosesTheSession() {
    Link link = attached();
    registry.directory().remove(id("a"));
    assertThat(link.closed.get()).isEqualTo(LinkEnd.REMOVED);
    assertThat(presence.connected()).isZero();
  }

  @Test
  void changedCredentialsCloseTheSession() throws Exception {
    Link link = attached();
    registry.directory().put(spec("a"));
    assertThat(link.closed.get()).isNull();
    registry.directory().put(spec("a", password("other")));
    assertThat(link.closed.get()).isEqualTo(LinkEnd.CREDENTIALS_CHANGED);
  }

  @Test
  void aDeviceThatIsGoneGetsNoSession() {
    registry.directory().retire(id("a"));
    assertThat(Fixture.attach(registry, "a", new Link())).isFalse();
    assertThat(presence.connected()).isZero();
    presence.seen(id("nobody"), PEER);
    assertThat(presence.lastSeenMicros(id("nobody"))).isNull();
  }

  @Test
  void viewTellsAddressLastSeenAndLastRefusal() {
    assertThat(registry.directory().get(id("a")).lastSeenMicros()).isNull();
    attached();
    presence.seen(id("a"), 4_711L);
    presence.refused(id("a"), RejectReason.PAYLOAD_INVALID);
    var view = registry.directory().get(id("a"));
    assertThat(view.connected()).isTrue();
    assertThat(view.address()).isEqualTo("192.0.2.1:40000");
    assertThat(view.lastSeenMicros()).isEqualTo(4_711L);
    assertThat(view.lastRefusal()).isEqualTo("payload-invalid");
  }

  private Link attached() {
    Link link = new Link();
    Fixture.attach(registry, "a", link);
    return link;
  }
}
