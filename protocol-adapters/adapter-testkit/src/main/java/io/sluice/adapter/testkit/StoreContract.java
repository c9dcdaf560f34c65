package io.sluice.adapter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredCommand;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every registry store must pass. A test class implements it and says where a store is, and
 * how it is made to fail.
 */
public interface StoreContract {
  /** Where the stores of one test are. */
  interface Place extends AutoCloseable {
    /** Opens one more store on what is there. */
    RegistryStore open() throws IOException;

    /** From now on devices cannot be written. */
    void fail() throws Exception;

    /** They can again. */
    void mend() throws Exception;

    @Override
    default void close() throws IOException {}
  }

  /** An empty place. */
  Place place() throws Exception;

  /** What a store holds, in the order in which it was loaded. */
  record Contents(
      long revision,
      List<StoredDevice> devices,
      List<String> seeds,
      List<String> barred,
      List<StoredClaim> claims,
      List<ClaimedDevice> claimed,
      List<Long> places,
      List<StoredCommand> commands,
      List<String> order) {}

  /** Loads a store. */
  static Contents contents(RegistryStore store) {
    List<StoredDevice> devices = new ArrayList<>();
    List<String> seeds = new ArrayList<>();
    List<String> barred = new ArrayList<>();
    List<StoredClaim> claims = new ArrayList<>();
    List<ClaimedDevice> claimed = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    List<StoredCommand> commands = new ArrayList<>();
    List<String> order = new ArrayList<>();
    long revision =
        store.load(
            new RegistryStore.Loader() {
              @Override
              public void device(StoredDevice device) {
                devices.add(device);
                order.add("device");
              }

              @Override
              public void seedDigest(String device, String digest) {
                seeds.add(device + "=" + digest);
                order.add("seed");
              }

              @Override
              public void barred(String device) {
                barred.add(device);
                order.add("barred");
              }

              @Override
              public void claim(StoredClaim claim) {
                claims.add(claim);
                order.add("claim");
              }

              @Override
              public void claimed(ClaimedDevice device) {
                claimed.add(device);
                order.add("claimed");
              }

              @Override
              public void knownPlace(long digest) {
                places.add(digest);
                order.add("place");
              }

              @Override
              public void command(StoredCommand command) {
                commands.add(command);
                order.add("command");
              }
            });
    return new Contents(revision, devices, seeds, barred, claims, claimed, places, commands, order);
  }

  /** A device with every field and kind of credential. */
  static StoredDevice full(String id, int generation) {
    Device device =
        new Device(
            new DeviceId(id),
            "cnc",
            "factory",
            "hall-2",
            Duration.ofMillis(1_500),
            new DeviceId("parent"),
            true,
            false,
            true,
            ZoneId.of("Asia/Kolkata"));
    return new StoredDevice(
        device,
        credentials(id, generation),
        generation == 0
            ? null
            : new StoredDevice.Previous(credentials(id, generation - 1), 1_000L + generation));
  }

  private static StoredCredentials credentials(String id, int generation) {
    String mark = id + generation;
    return new StoredCredentials(
        "$argon2id$" + mark,
        "token" + mark,
        "psk" + mark,
        new byte[] {(byte) generation, 2},
        "CN=" + mark,
        "plant",
        "key" + mark);
  }

  /** A device with nothing that can be left out. */
  static StoredDevice plain(String id) {
    return new StoredDevice(
        new Device(new DeviceId(id), "cnc", "farm", "a", null, null, false, true, false),
        StoredCredentials.NONE,
        null);
  }

  private static StoredCommand command(long sequence, String device, State state) {
    boolean isWaiting = state == State.QUEUED || state == State.SENT;
    boolean isSent = state != State.QUEUED;
    return new StoredCommand(
        sequence,
        new Command(
            "c" + sequence, new DeviceId(device), "open", ContentType.JSON, new byte[0], 5, 9),
        state,
        isSent ? Long.valueOf(6) : null,
        state == State.REFUSED ? Long.valueOf(7) : null,
        state == State.REFUSED ? Integer.valueOf(135) : null,
        !isWaiting);
  }

  private static StoredClaim claim(String hash, int uses) {
    return new StoredClaim(hash, "n-" + hash, "cnc", "factory", "a", "press-*", uses, 20, 10);
  }

  /** Commands compare their payloads by identity: what they say is compared. */
  private static List<String> texts(List<StoredCommand> commands) {
    return commands.stream()
        .map(one ->
            one.sequence()
                + one.command().id()
                + one.command().device()
                + one.state()
                + one.sentMicros()
                + one.acknowledgedMicros()
                + one.reasonCode()
                + one.isOver())
        .toList();
  }

  @Test
  default void whatWasAppliedIsLoadedTheSame() throws Exception {
    try (Place place = place()) {
      try (RegistryStore store = place.open()) {
        store.apply(
            new Step.InsertDevice(full("a", 1)),
            new Step.SaveDevice(plain("b")),
            new Step.SaveSeedDigest("a", "d1"),
            new Step.BarDevice("gone", 10),
            new Step.SaveClaim(claim("h", 3)),
            new Step.MarkClaimed(new ClaimedDevice("b", "h", "issued", 4)),
            new Step.AddKnownPlaces(List.of(7L, -8L), 10));
      }
      try (RegistryStore store = place.open()) {
        Contents found = contents(store);
        assertThat(found.devices()).containsExactlyInAnyOrder(full("a", 1), plain("b"));
        assertThat(found.seeds()).containsExactly("a=d1");
        assertThat(found.barred()).containsExactly("gone");
        assertThat(found.claims()).containsExactly(claim("h", 3));
        assertThat(found.claimed()).containsExactly(new ClaimedDevice("b", "h", "issued", 4));
        assertThat(found.places()).as("the latest first").containsExactly(-8L, 7L);
      }
    }
  }

  @Test
  default void partsAreLoadedInTheirOrder() throws Exception {
    try (Place place = place();
        RegistryStore store = place.open()) {
      store.apply(
          new Step.SaveCommand(command(2, "a", State.QUEUED)),
          new Step.SaveCommand(command(1, "a", State.SENT)),
          new Step.SaveClaim(claim("h", 1)),
          new Step.BarDevice("x", 5),
          new Step.BarDevice("b", 5),
          new Step.SaveDevice(plain("a")));
      Contents found = contents(store);
      assertThat(found.order())
          .containsExactly("device", "barred", "barred", "claim", "command", "command");
      assertThat(found.barred()).containsExactly("x", "b");
      assertThat(found.commands()).extracting(StoredCommand::sequence).containsExactly(1L, 2L);
    }
  }

  @Test
  default void revisionGrowsWithEachChangeAndTheFeedHasEach() throws Exception {
    try (Place place = place();
        RegistryStore store = place.open()) {
      List<AppliedChange> told = new ArrayList<>();
      store.changes(told::add);
      long start = contents(store).revision();
      List<Step> steps = List.of(new Step.InsertDevice(plain("a")));
      long first = store.apply(steps);
      long second = store.apply(new Step.RemoveDevice("a"));
      assertThat(first).isGreaterThan(start);
      assertThat(second).isGreaterThan(first);
      assertThat(contents(store).revision()).isEqualTo(second);
      assertThat(told)
          .containsExactly(
              new AppliedChange(first, true, steps),
              new AppliedChange(second, true, List.of(new Step.RemoveDevice("a"))));
    }
  }

  @Test
  default void changeOfAnUnknownDeviceIsAConflictAndItsRemovalIsNone() throws Exception {
    try (Place place = place();
        RegistryStore store = place.open()) {
      assertThatThrownBy(() -> store.apply(new Step.UpdateDevice(plain("a"), full("a", 0))))
          .isInstanceOf(StoreConflictException.class);
      store.apply(new Step.RemoveDevice("a"), new Step.EndCommands("a"));
      assertThat(contents(store).devices()).isEmpty();
    }
  }

  @Test
  default void eachGenerationOfCredentialsReplacesTheOneBefore() throws Exception {
    try (Place place = place();
        RegistryStore store = place.open()) {
      store.apply(new Step.InsertDevice(full("a", 0)));
      store.apply(new Step.UpdateDevice(full("a", 0), full("a", 1)));
      store.apply(new Step.UpdateDevice(full("a", 1), full("a", 2)));
      assertThat(contents(store).devices()).containsExactly(full("a", 2));
      StoredDevice over = new StoredDevice(full("a", 2).device(), full("a", 2).credentials(), null);
      store.apply(new Step.UpdateDevice(full("a", 2), over));
      assertThat(contents(store).devices()).containsExactly(over);
    }
  }

  @Test
  default void everyStateOfACommandIsKeptAndThoseThatWaitCanBeEnded() throws Exception {
    try (Place place = place();
        RegistryStore store = place.open()) {
      List<StoredCommand> all = new ArrayList<>();
      for (State state : State.values()) {
        all.add(command(all.size() + 1L, "a", state));
      }
      store.apply(all.stream().<Step>map(Step.SaveCommand::new).toList());
      assertThat(texts(contents(store).commands())).isEqualTo(texts(all));
      store.apply(new Step.EndCommands("a"), new Step.RemoveCommand(all.size()));
      assertThat(contents(store).commands())
          .hasSize(all.size() - 1)
          .allSatisfy(one -> assertThat(one.isOver()).isTrue())
          .filteredOn(one -> one.state() == State.QUEUED || one.state() == State.SENT)
          .isEmpty();
    }
  }

  @Test
  default void ofTwoWritersTheSecondIsRefusedWhole() throws Exception {
    try (Place place = place();
        RegistryStore one = place.open();
        RegistryStore other = place.open()) {
      one.apply(new Step.InsertDevice(plain("a")), new Step.SaveClaim(claim("h", 1)));
      one.apply(new Step.UpdateDevice(plain("a"), full("a", 0)), new Step.UseClaim("h"));
      List<List<Step>> late =
          List.of(
              List.of(new Step.SaveDevice(plain("b")), new Step.InsertDevice(plain("a"))),
              List.of(
                  new Step.SaveDevice(plain("b")), new Step.UpdateDevice(plain("a"), full("a", 1))),
              List.of(new Step.SaveDevice(plain("b")), new Step.UseClaim("h")),
              List.of(
                  new Step.SaveDevice(plain("b")), new Step.ReissueClaimed("a", "issued", "next")));
      for (List<Step> steps : late) {
        assertThatThrownBy(() -> other.apply(steps))
            .as("%s", steps.getLast())
            .isInstanceOf(StoreConflictException.class);
      }
      assertThat(contents(other).devices()).containsExactly(full("a", 0));
    }
  }

  @Test
  default void oneCredentialIsNoTwoDevices() throws Exception {
    try (Place place = place();
        RegistryStore store = place.open()) {
      StoredCredentials shared = StoredCredentials.NONE.withTokenHash("t");
      store.apply(new Step.InsertDevice(new StoredDevice(plain("a").device(), shared, null)));
      StoredDevice second = new StoredDevice(plain("b").device(), shared, null);
      assertThatThrownBy(() -> store.apply(new Step.InsertDevice(second)))
          .isInstanceOf(StoreConflictException.class);
      assertThat(contents(store).devices()).hasSize(1);
    }
  }

  @Test
  default void boundsDropTheFirstAndTheFeedTellsIt() throws Exception {
    try (Place place = place();
        RegistryStore store = place.open()) {
      List<AppliedChange> told = new ArrayList<>();
      store.changes(told::add);
      store.apply(new Step.BarDevice("a", 2));
      store.apply(new Step.BarDevice("b", 2));
      store.apply(new Step.BarDevice("c", 2));
      assertThat(told.getLast().steps())
          .containsExactly(new Step.BarDevice("c", 2), new Step.UnbarDevice("a"));
      store.apply(new Step.AddKnownPlaces(List.of(1L, 2L, 3L), 2));
      assertThat(contents(store).barred()).containsExactly("b", "c");
      assertThat(contents(store).places()).containsExactly(3L, 2L);
    }
  }

  @Test
  default void storeThatFailsKeepsNothingOfTheChangeAndIsWellAgainAfterwards() throws Exception {
    try (Place place = place();
        RegistryStore store = place.open()) {
      List<AppliedChange> told = new ArrayList<>();
      store.apply(new Step.InsertDevice(plain("a")));
      store.changes(told::add);
      place.fail();
      List<Step> steps =
          List.of(new Step.SaveSeedDigest("b", "d"), new Step.InsertDevice(plain("b")));
      assertThatThrownBy(() -> store.apply(steps))
          .isInstanceOf(StoreUnavailableException.class)
          .isNotInstanceOf(StoreConflictException.class);
      assertThat(told).isEmpty();
      place.mend();
      store.probe();
      assertThat(contents(store).seeds()).isEmpty();
      assertThat(contents(store).devices()).containsExactly(plain("a"));
      store.apply(steps);
      assertThat(told).hasSize(1);
      assertThat(contents(store).devices()).containsExactlyInAnyOrder(plain("a"), plain("b"));
    }
  }
}
