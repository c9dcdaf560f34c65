package io.sluice.store.postgres;

import io.sluice.api.fleet.FleetScope;
import io.sluice.api.store.AppliedChange;
import io.sluice.api.store.ClaimedDevice;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredClaim;
import io.sluice.api.store.StoredDevice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the fleet's registry anew as a whole, in pages, and has it take the place of the copy. A
 * gateway that joins a fleet, or finds another one or one of an older backup, brings first what it
 * has and the fleet has not. What changes meanwhile comes by its revision afterwards. Confined to a
 * thread.
 */
final class Rereading {
  private static final Logger LOG = LoggerFactory.getLogger(Rereading.class);

  static final String JOINS = "this gateway joins the fleet";
  static final String OTHER = "the fleet's store is another one than before";
  static final String RESTORED = "the fleet's store is an older one than before (a backup)";

  private static final int PAGE = 2_000;
  private static final int SHOWN = 5;

  private final FollowingStore store;
  private final RegistryStore local;
  private final PostgresLink link;
  private final RegistryReader reader;
  private final FleetScope scope;
  private final CopyWriter copy;

  private final Map<String, StoredDevice> devices = new HashMap<>();
  private final Map<String, StoredClaim> claims = new HashMap<>();
  private final Map<String, ClaimedDevice> claimed = new HashMap<>();
  private final Set<String> barred = new LinkedHashSet<>();

  /** What the fleet's store did not take: it stays in the copy. */
  private final Set<String> kept = new LinkedHashSet<>();

  Rereading(
      FollowingStore store,
      RegistryStore local,
      PostgresLink link,
      RegistryReader reader,
      FleetScope scope,
      CopyWriter copy) {
    this.store = store;
    this.local = local;
    this.link = link;
    this.reader = reader;
    this.scope = scope;
    this.copy = copy;
  }

  void run(RegistryReader.Head head, String why) {
    long _ =
        local.load(
            new RegistryStore.Loader() {
              @Override
              public void device(StoredDevice device) {
                devices.put(device.id(), device);
              }

              @Override
              public void barred(String device) {
                barred.add(device);
              }

              @Override
              public void claim(StoredClaim claim) {
                claims.put(claim.tokenHash(), claim);
              }

              @Override
              public void claimed(ClaimedDevice device) {
                claimed.put(device.device(), device);
              }
            });
    if (why.equals(JOINS) || why.equals(OTHER) || why.equals(RESTORED)) {
      upload();
    }
    readDevices();
    readOthers(head);
    List<AppliedChange> followed = new ArrayList<>();
    copy.applyLate(followed);
    followed.forEach(store::tellFollowed);
  }

  private void upload() {
    upload("SELECT id FROM sluice.device WHERE id = ANY (?)", devices, Step.InsertDevice::new);
    Map<String, String> bars = new HashMap<>();
    barred.forEach(id -> bars.put(id, id));
    upload(
        "SELECT id FROM sluice.barred_device WHERE id = ANY (?)",
        bars,
        id -> new Step.BarDevice(id, Removals.BARRED_MAX));
    upload(
        "SELECT token_hash FROM sluice.claim WHERE token_hash = ANY (?)",
        claims,
        Step.SaveClaim::new);
    if (!kept.isEmpty()) {
      LOG.warn(
          "{} devices or claims of this gateway are not in the fleet's store, which has others with"
              + " the same credentials, or of another site than the scope, or no key to encrypt"
              + " theirs; they stay here alone: {}",
          kept.size(),
          String.join(", ", kept.stream().limit(SHOWN).toList()));
    }
  }

  private <T> void upload(String there, Map<String, T> all, Function<T, Step> step) {
    Set<String> missing = new HashSet<>(all.keySet());
    link.<Boolean>transact(connection -> missing.removeAll(found(connection, there, all.keySet())));
    List<String> ids = missing.stream().sorted().toList();
    for (int from = 0; from < ids.size(); from += PAGE) {
      List<String> page = ids.subList(from, Math.min(from + PAGE, ids.size()));
      if (!isTaken(
          page.stream().map(id -> step.apply(Objects.requireNonNull(all.get(id)))).toList())) {
        for (String id : page) {
          if (!isTaken(List.of(step.apply(Objects.requireNonNull(all.get(id)))))) {
            kept.add(id);
          }
        }
      }
    }
    if (!ids.isEmpty()) {
      LOG.info("{} of {} are brought to the fleet's store", ids.size(), all.size());
    }
  }

  private static Set<String> found(Connection connection, String sql, Set<String> ids)
      throws SQLException {
    Set<String> found = new HashSet<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setArray(1, connection.createArrayOf("text", ids.toArray()));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.add(row.getString(1));
        }
      }
    }
    return found;
  }

  private boolean isTaken(List<Step> steps) {
    store.order.lock();
    try {
      store.upload(steps);
      return true;
    } catch (StoreConflictException e) {
      return false;
    } catch (StoreUnavailableException e) {
      if (e.getCause() instanceof DeviceRow.MissingKeyException) {
        return false;
      }
      throw e;
    } finally {
      store.order.unlock();
    }
  }

  private void readDevices() {
    List<String> sites = scope.followed();
    Set<String> gone = new HashSet<>(devices.keySet());
    gone.removeAll(kept);
    String[] after = {""};
    boolean isLast = false;
    while (!isLast) {
      List<RegistryReader.Row> page =
          link.transact(connection -> reader.devicesAfter(connection, after[0], sites, PAGE));
      List<Step> steps = new ArrayList<>();
      for (RegistryReader.Row row : page) {
        after[0] = row.device().id();
        gone.remove(after[0]);
        if (!row.device().equals(devices.get(after[0]))) {
          steps.add(new Step.SaveDevice(row.device()));
        }
      }
      apply(steps);
      isLast = page.size() < PAGE;
    }
    List<Step> steps = new ArrayList<>();
    for (String id : gone) {
      steps.add(new Step.RemoveDevice(id));
      steps.add(new Step.EndCommands(id));
    }
    apply(steps);
  }

  /** What is no device is compared, and what differs brought to the copy. */
  private void readOthers(RegistryReader.Head head) {
    List<Step> steps = new ArrayList<>();
    Set<String> claimsGone = new HashSet<>(claims.keySet());
    claimsGone.removeAll(kept);
    Map<String, ClaimedDevice> settled = new HashMap<>(claimed);
    Set<String> unbarred = new LinkedHashSet<>(barred);
    RegistryReader.Changes there =
        new RegistryReader.Changes() {
          @Override
          public void claim(StoredClaim claim, long revision) {
            claimsGone.remove(claim.tokenHash());
            steps.add(new Step.SaveClaim(claim));
          }

          @Override
          public void claimed(ClaimedDevice device, long revision) {
            settled.remove(device.device());
            steps.add(new Step.MarkClaimed(device));
          }

          @Override
          public void barred(String device, long revision) {
            if (!unbarred.remove(device)) {
              steps.add(new Step.BarDevice(device, Removals.BARRED_MAX));
            }
          }
        };
    link.<Boolean>transact(connection -> {
      RegistryReader.asOfOneMoment(connection);
      RegistryReader.others(connection, 0, head.revision(), scope.followed(), there);
      return true;
    });
    claimsGone.forEach(hash -> steps.add(new Step.RemoveClaim(hash)));
    settled
        .values()
        .forEach(one -> steps.add(new Step.SettleClaimed(one.device(), one.issuedHash())));
    unbarred.forEach(device -> steps.add(new Step.UnbarDevice(device)));
    apply(steps);
  }

  private void apply(List<Step> steps) {
    List<AppliedChange> followed = new ArrayList<>();
    for (int from = 0; from < steps.size(); from += PAGE) {
      List<Step> chunk = List.copyOf(steps.subList(from, Math.min(from + PAGE, steps.size())));
      copy.apply(chunk, followed);
    }
    followed.forEach(store::tellFollowed);
  }
}
