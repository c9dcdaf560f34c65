package io.sluice.engine.registry.auth;

import static io.sluice.engine.registry.Fixture.login;
import static io.sluice.engine.registry.Fixture.open;
import static io.sluice.engine.registry.Fixture.password;
import static io.sluice.engine.registry.Fixture.peer;
import static io.sluice.engine.registry.Fixture.spec;
import static io.sluice.engine.registry.Fixture.verdict;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.AddressKey;
import io.sluice.api.adapter.Admission;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoreFactory;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.auth.KnownPlaces.Place;
import io.sluice.engine.registry.credential.AccessSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class KnownPlacesTest {
  private static final AccessSettings NARROW =
      Fixture.access(false, false, null, 1, 1, 4, List.of());

  @TempDir Path directory;

  @Test
  void afterARestartWhoWasRightBeforeIsHeardThoughManyAddressesTryPasswords() throws Exception {
    try (Registry registry = open(directory, NARROW)) {
      registry.directory().put(spec("p", password("geheim")));
      assertThat(verdict(registry, login("p", "geheim"))).isEqualTo("p");
    }
    try (Registry registry = open(directory, NARROW)) {
      List<CompletableFuture<Admission>> flood = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        flood.add(
            registry.admit(peer("10.0.0." + i), login("nobody-" + i, "x")).toCompletableFuture());
      }
      assertThat(verdict(registry, login("p", "geheim"))).isEqualTo("p");
      assertThat(flood)
          .extracting(CompletableFuture::join)
          .hasAtLeastOneElementOfType(Admission.Busy.class)
          .noneMatch(Admission.Admitted.class::isInstance);
    }
  }

  /** No time passes, so that whoever has to wait has to still. */
  private Registry standing() throws IOException {
    return Registry.open(
        directory,
        Fixture.SHORT_SECRETS,
        LimitSettings.DEFAULTS,
        Fixture.PROFILES,
        new Fixture.TestClock());
  }

  @Test
  void aNameThatManyTryIsOpenWhereItWasRightAfterARestartToo() throws Exception {
    try (Registry registry = standing()) {
      registry.directory().put(spec("p", password("geheim")));
      assertThat(verdict(registry, login("p", "geheim"))).isEqualTo("p");
    }
    try (Registry registry = standing()) {
      for (int i = 0; i < 50; i++) {
        registry.admit(peer("10.0.0." + i), login("p", "wrong-" + i)).toCompletableFuture().join();
      }
      assertThat(registry.admit(peer("10.0.1.1"), login("p", "w")).toCompletableFuture().join())
          .isInstanceOfSatisfying(
              Admission.Refused.class,
              refused -> assertThat(refused.detail()).startsWith("too many wrong credentials"));
      assertThat(verdict(registry, login("p", "geheim"))).isEqualTo("p");
    }
  }

  @Test
  void theLatestAreKeptAndNothingIsInClear() throws Exception {
    Path file = directory.resolve("registry.db");
    byte[] key = new byte[32];
    Place first = new Place(AddressKey.of("192.0.2.7"), "a-telling-name");
    try (RegistryStore store = StoreFactory.open(StoreFactory.DEFAULT_TYPE, directory)) {
      KnownPlaces places = restored(store, key);
      places.right(first);
      assertThat(places.knows(first)).isTrue();
      places.save();
      assertThat(restored(store, key).knows(first)).isTrue();
      assertThat(restored(store, key).knows(new Place(AddressKey.UNKNOWN, "x"))).isFalse();
      assertThat(restored(store, new byte[] {1}).knows(first)).isFalse();
      int count = 10_000;
      for (int i = 0; i < KnownPlaces.MAX_PLACES; i++) {
        places.right(new Place(new AddressKey(i), "d"));
        if (i % count == count - 1) {
          places.save();
        }
      }
      assertThat(restored(store, key).knows(first)).as("the oldest").isFalse();
      assertThat(restored(store, key).knows(new Place(new AddressKey(0), "d"))).isTrue();
    }
    assertThat(Files.readString(file, ISO_8859_1)).doesNotContain("a-telling-name");
  }

  private static KnownPlaces restored(RegistryStore store, byte[] key) {
    KnownPlaces places = KnownPlaces.of(store, key);
    store.load(
        new RegistryStore.Loader() {
          @Override
          public void knownPlace(long digest) {
            places.restore(digest);
          }
        });
    return places;
  }
}
