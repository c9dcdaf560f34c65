package io.sluice.engine.registry.auth;

import static io.sluice.engine.registry.Fixture.PEER;
import static io.sluice.engine.registry.Fixture.PROFILES;
import static io.sluice.engine.registry.Fixture.id;
import static io.sluice.engine.registry.Fixture.login;
import static io.sluice.engine.registry.Fixture.password;
import static io.sluice.engine.registry.Fixture.psk;
import static io.sluice.engine.registry.Fixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Fixture.Link;
import io.sluice.engine.registry.Fixture.TestClock;
import io.sluice.engine.registry.Registry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was admitted before a change of credentials begins no session after it. */
class CredentialGenerationTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration HOUR = Duration.ofHours(1);

  /** What an operator does. */
  private interface Change {
    void run() throws Exception;
  }

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private Registry registry;

  @BeforeEach
  void openRegistry() throws Exception {
    registry =
        Registry.open(directory, Fixture.SHORT_SECRETS, LimitSettings.DEFAULTS, PROFILES, clock);
    registry.directory().put(spec("a", password("geheim")));
  }

  @AfterEach
  void closeRegistry() {
    registry.close();
  }

  private Admission.Admitted admitted(Credentials credentials) {
    return (Admission.Admitted) Fixture.admit(registry, credentials);
  }

  /** Whether a session begins that was admitted before the change. */
  private boolean beginsAfter(Change change) throws Exception {
    Admission.Admitted admitted = admitted(login("a", "geheim"));
    change.run();
    Link link = new Link();
    boolean begins = registry.presence().attach(admitted, PEER, link);
    assertThat(registry.presence().isCurrent(admitted)).isEqualTo(begins);
    assertThat(registry.presence().link(id("a"))).isEqualTo(begins ? link : null);
    assertThat(registry.presence().connected()).isEqualTo(begins ? 1 : 0);
    return begins;
  }

  @Test
  void nothingIsLeftOfARevokedDevice() throws Exception {
    assertThat(beginsAfter(() -> registry.directory().revoke(id("a")))).isFalse();
  }

  @Test
  void nothingIsLeftOfARevokedDeviceThatHasNewCredentialsByThen() throws Exception {
    assertThat(
            beginsAfter(() -> {
              registry.directory().revoke(id("a"));
              registry.directory().rotate(id("a"), password("geheim"), NONE);
            }))
        .isFalse();
  }

  @Test
  void rotationWithoutAnOverlapEndsWhatWasAdmitted() throws Exception {
    assertThat(beginsAfter(() -> registry.directory().issueToken(id("a"), NONE))).isFalse();
  }

  @Test
  void anotherDeviceOfTheSameIdIsNotTheOneAdmitted() throws Exception {
    assertThat(
            beginsAfter(() -> {
              registry.directory().remove(id("a"));
              registry.directory().put(spec("a", password("geheim")));
            }))
        .isFalse();
  }

  @Test
  void aDeviceThatWasRetiredMeanwhileHasNoSession() throws Exception {
    assertThat(beginsAfter(() -> registry.directory().retire(id("a")))).isFalse();
  }

  @Test
  void whatOverlapsIsAdmittedUntilTheOverlapEnds() throws Exception {
    assertThat(beginsAfter(() -> registry.directory().rotate(id("a"), password("neu"), HOUR)))
        .isTrue();
    registry.presence().detach(id("a"), registry.presence().link(id("a")));
    Admission.Admitted before = admitted(login("a", "geheim"));
    clock.forward(HOUR);
    registry.sweep();
    assertThat(registry.presence().isCurrent(before)).isFalse();
    assertThat(registry.presence().isCurrent(admitted(login("a", "neu")))).isTrue();
  }

  @Test
  void aChangeOfTheRestLeavesSessionsAlone() throws Exception {
    assertThat(beginsAfter(() -> registry.directory().put(spec("a")))).isTrue();
  }

  @Test
  void aSessionThatWouldTakeOverAndMayNotLeavesTheOtherAlone() throws Exception {
    Admission.Admitted stale = admitted(login("a", "geheim"));
    registry.directory().rotate(id("a"), password("neu"), NONE);
    Link live = new Link();
    assertThat(Fixture.attach(registry, "a", live)).isTrue();
    assertThat(registry.presence().attach(stale, PEER, new Link())).isFalse();
    assertThat(live.closed.get()).isNull();
    assertThat(registry.presence().link(id("a"))).isSameAs(live);
  }

  @Test
  void aSlowHashThatEndsAfterItsOverlapDoesNotAdmit() throws Exception {
    registry.directory().put(spec("k", psk("key", "00112233445566778899aabbccddeeff")));
    registry.directory().rotate(id("a"), password("neu"), HOUR);
    Admission.Admitted overlapping = admitted(login("a", "geheim"));
    registry.directory().revoke(id("a"));
    assertThat(registry.presence().isCurrent(overlapping)).isFalse();
    assertThat(Fixture.verdict(registry, login("a", "geheim"))).contains("wrong credentials");
  }
}
