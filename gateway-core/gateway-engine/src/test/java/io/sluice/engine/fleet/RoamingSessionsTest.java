package io.sluice.engine.fleet;

import static io.sluice.engine.registry.Fixture.PEER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Sessions;
import io.sluice.api.fleet.FleetSessions;
import io.sluice.api.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoamingSessionsTest {
  private final Fleet fleet = new Fleet();
  private final long[] nanos = {0};
  private final RoamingSessions sessions =
      new RoamingSessions(new Local(), fleet, "a", () -> nanos[0], () -> {});

  /** A gateway where every sign-in is good. */
  private static final class Local implements Sessions {
    @Override
    public CompletionStage<Void> claim(Admission.Admitted admitted, DeviceLink link) {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public boolean claimFree(Admission.Admitted admitted, DeviceLink link) {
      return true;
    }

    @Override
    public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
      return true;
    }

    @Override
    public void detach(DeviceId device, DeviceLink link) {}

    @Override
    public void seen(DeviceId device, Peer peer) {}
  }

  /** What PostgreSQL answers. */
  private static final class Fleet implements FleetSessions {
    final List<List<SignIn>> batches = new ArrayList<>();
    final Map<String, Claimed> elsewhere = new HashMap<>();
    boolean isAway;
    long epoch = 10;

    @Override
    public List<Claimed> claim(String gateway, List<SignIn> signIns) {
      if (isAway) {
        throw new StoreUnavailableException("away");
      }
      batches.add(signIns);
      epoch++;
      return signIns.stream()
          .map(each ->
              elsewhere.getOrDefault(
                  each.device(), new Claimed(each.device(), true, gateway, epoch)))
          .toList();
    }

    @Override
    public List<Claimed> holders(String gateway, List<String> devices) {
      return devices.stream().filter(elsewhere::containsKey).map(elsewhere::get).toList();
    }
  }

  private static final class Link implements DeviceLink {
    final boolean isSession;
    @Nullable LinkEnd closed;

    Link(boolean isSession) {
      this.isSession = isSession;
    }

    @Override
    public boolean send(Command command) {
      return false;
    }

    @Override
    public boolean isSession() {
      return isSession;
    }

    @Override
    public void close(LinkEnd reason) {
      closed = reason;
    }
  }

  private Link attach(String device, boolean isSession) {
    Link link = new Link(isSession);
    DeviceId id = new DeviceId(device);
    Device known = new Device(id, "p", "s", "s", null, null, true, true, false);
    assertThat(sessions.attach(new Admission.Admitted(known), PEER, link)).isTrue();
    return link;
  }

  @Test
  void tenThousandThatComeBackAtOnceAreTwentyTransactions() {
    for (int n = 0; n < 10_000; n++) {
      attach("meter-" + n, true);
    }
    while (sessions.isUnwritten()) {
      sessions.write();
    }
    assertThat(fleet.batches).hasSize(20).allMatch(batch -> batch.size() == 500);
  }

  @Test
  void aDeviceThatComesBackManyTimesIsWrittenOnce() {
    for (int n = 0; n < 50; n++) {
      attach("meter-1", true);
    }
    sessions.write();
    assertThat(fleet.batches).singleElement().satisfies(batch -> assertThat(batch).hasSize(1));
  }

  @Test
  void whatIsWrittenSaysWhichDevicesAreHereFromNowOn() {
    attach("meter-1", true);
    attach("meter-2", true);
    fleet.elsewhere.put("meter-2", new FleetSessions.Claimed("meter-2", false, "b", 12));
    assertThat(sessions.write()).containsExactly("meter-1");
    assertThat(sessions.write()).isEmpty();
  }

  @Test
  void aSessionThatWentOnAtAnotherGatewayEnds() {
    Link link = attach("meter-1", true);
    sessions.write();
    sessions.lost("meter-1", 12, "b");
    assertThat(link.closed).isEqualTo(LinkEnd.TAKEN_OVER);
    assertThat(sessions.takenOver()).isEqualTo(1);
  }

  @Test
  void aNoticeOfBeforeTheLastSignInEndsNothing() {
    attach("meter-1", true);
    sessions.write();
    Link again = attach("meter-1", true);
    sessions.lost("meter-1", 11, "b");
    sessions.write();
    assertThat(again.closed).isNull();
    sessions.lost("meter-1", 13, "b");
    assertThat(again.closed).isEqualTo(LinkEnd.TAKEN_OVER);
  }

  @Test
  void aNoticeThatOvertakesTheAnswerToTheSignInCounts() {
    Link link = attach("meter-1", true);
    sessions.lost("meter-1", 12, "b");
    assertThat(link.closed).as("the own sign-in may be the later").isNull();
    sessions.write();
    assertThat(link.closed).isEqualTo(LinkEnd.TAKEN_OVER);
  }

  @Test
  void whileTheStoreIsAwaySignInsWaitAndSayThenHowOldTheyAre() {
    Link older = attach("meter-1", true);
    fleet.isAway = true;
    assertThatThrownBy(sessions::write).isInstanceOf(StoreUnavailableException.class);
    assertThat(sessions.isUnwritten()).isTrue();

    nanos[0] += 3_600_000_000_000L;
    fleet.isAway = false;
    fleet.elsewhere.put("meter-1", new FleetSessions.Claimed("meter-1", false, "b", 5));
    sessions.write();
    assertThat(fleet.batches.getFirst())
        .containsExactly(new FleetSessions.SignIn("meter-1", 3_600_000_000L));
    assertThat(older.closed).isEqualTo(LinkEnd.TAKEN_OVER);
  }

  @Test
  void aDeviceThatLeftBeforeItsSignInWasWrittenTakesNothingFromOthers() {
    Link link = attach("meter-1", true);
    sessions.detach(new DeviceId("meter-1"), link);
    sessions.write();
    assertThat(fleet.batches).isEmpty();
  }

  @Test
  void pollsOfADeviceThatIsKnownHereAreNotWrittenAgain() {
    for (int n = 0; n < 10; n++) {
      Link poll = attach("meter-1", false);
      sessions.write();
      sessions.detach(new DeviceId("meter-1"), poll);
    }
    assertThat(fleet.batches).hasSize(1);
    sessions.lost("meter-1", 12, "b");
    attach("meter-1", false);
    sessions.write();
    assertThat(fleet.batches).hasSize(2);
  }

  @Test
  void whatWasMissedWhileTheStoreWasAwayIsFound() {
    Link link = attach("meter-1", true);
    sessions.write();
    fleet.elsewhere.put("meter-1", new FleetSessions.Claimed("meter-1", false, "b", 12));
    sessions.recheck();
    assertThat(link.closed).isEqualTo(LinkEnd.TAKEN_OVER);
  }
}
