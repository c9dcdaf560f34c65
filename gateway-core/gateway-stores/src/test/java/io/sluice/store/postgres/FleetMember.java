package io.sluice.store.postgres;

import static org.awaitility.Awaitility.await;

import io.sluice.adapter.testkit.StoreContract;
import io.sluice.api.fleet.FleetScope;
import io.sluice.api.fleet.FleetSettings;
import io.sluice.api.fleet.FleetStoreSettings;
import io.sluice.api.fleet.FleetStoreState;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.StoreFactory;
import io.sluice.api.store.StoredDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The registry's store of one gateway of a fleet, with its link. */
final class FleetMember implements ForwardingStore {
  private final PostgresLink link;
  final FollowingStore store;

  private FleetMember(PostgresLink link, FollowingStore store) {
    this.link = link;
    this.store = store;
  }

  /** One that is connected and has caught up. */
  static FleetMember open(Path data, FleetStoreSettings settings, String... sites)
      throws IOException {
    FleetMember member = start(data, settings, sites);
    member.load(new Loader() {});
    member.store.follow();
    member.awaitConnected();
    return member;
  }

  /** One of a region that is connected and has caught up. */
  static FleetMember openIn(String region, Path data, FleetStoreSettings settings)
      throws IOException {
    FleetMember member = start(region, data, settings);
    member.load(new Loader() {});
    member.store.follow();
    member.awaitConnected();
    return member;
  }

  /** One that has not been loaded. */
  static FleetMember start(Path data, FleetStoreSettings settings, String... sites)
      throws IOException {
    return start("north", data, settings, sites);
  }

  private static FleetMember start(
      String region, Path data, FleetStoreSettings settings, String... sites) throws IOException {
    return start(region, data, settings, Clock.systemUTC(), sites);
  }

  /** One that has not been loaded, by that clock. */
  static FleetMember start(
      String region, Path data, FleetStoreSettings settings, Clock clock, String... sites)
      throws IOException {
    PostgresLink link = PostgresLink.open(settings, "test", clock);
    RegistryStore local = StoreFactory.open(StoreFactory.DEFAULT_TYPE, data);
    FleetScope scope = sites.length == 0 ? null : new FleetScope(List.of(sites));
    return new FleetMember(
        link, FollowingStore.over(local, link, new FleetSettings(settings, region, scope)));
  }

  void awaitConnected() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> store.state().connection() == FleetStoreState.Connection.CONNECTED);
  }

  /** How the link has it, which is what tells when the store was lost and found. */
  PostgresLink.State reached() {
    return link.state();
  }

  /** Waits until it is connected anew, and has caught up. */
  void awaitConnectedAfter(PostgresLink.State before) {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() ->
            link.isConnected()
                && !link.state().equals(before)
                && store.state().connection() == FleetStoreState.Connection.CONNECTED);
  }

  /** Waits until the copy is at a revision. */
  void awaitRevision(long revision) {
    await().atMost(Duration.ofSeconds(60)).until(() -> store.state().revision() >= revision);
  }

  SortedMap<String, StoredDevice> devices() {
    SortedMap<String, StoredDevice> devices = new TreeMap<>();
    StoreContract.contents(store).devices().forEach(device -> devices.put(device.id(), device));
    return devices;
  }

  @Nullable StoredDevice device(String id) {
    return devices().get(id);
  }

  @Override
  public RegistryStore to() {
    return store;
  }

  @Override
  public void close() {
    store.close();
    link.close();
  }
}
