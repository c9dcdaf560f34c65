package io.sluice.store.postgres;

import io.sluice.api.fleet.FleetScope;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.store.StoredDevice;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes one change of the registry in one transaction. It takes the lock of the registry's one row
 * first, so that changes of all gateways are one after the other. Confined to a thread.
 */
final class RegistryWriter {
  /**
   * What became of a change.
   *
   * @param local what a copy has to apply, by state: the same twice does no harm
   * @param told what has become of the steps, for listeners; a device that is of no site of this
   *     gateway's any more is removed. What steps have dropped by their bounds comes last.
   */
  record Written(String registry, long revision, List<Step> local, List<Step> told) {}

  private final Connection connection;
  private final FleetScope scope;
  private final @Nullable String region;
  private final @Nullable CredentialCipher cipher;

  private final Map<String, DeviceRow> before = new HashMap<>();

  /** What becomes of devices, in the order of the steps; null: it is removed. */
  private final Map<String, @Nullable DeviceRow> after = new LinkedHashMap<>();

  private final List<Step> local = new ArrayList<>();
  private final List<Step> told = new ArrayList<>();
  private final List<Step> dropped = new ArrayList<>(0);
  private long revision;
  private long changedMicros;

  RegistryWriter(
      Connection connection,
      FleetScope scope,
      @Nullable String region,
      @Nullable CredentialCipher cipher) {
    this.connection = connection;
    this.scope = scope;
    this.region = region;
    this.cipher = cipher;
  }

  /** Whether the step is of what gateways share; others are of one gateway alone. */
  static boolean isShared(Step step) {
    return switch (step) {
      case Step.InsertDevice _,
          Step.UpdateDevice _,
          Step.SaveDevice _,
          Step.RemoveDevice _,
          Step.BarDevice _,
          Step.UnbarDevice _,
          Step.SaveClaim _,
          Step.RemoveClaim _,
          Step.UseClaim _,
          Step.MarkClaimed _,
          Step.ReissueClaimed _,
          Step.SettleClaimed _ ->
          true;
      case Step.SaveSeedDigest _,
          Step.AddKnownPlaces _,
          Step.SaveCommand _,
          Step.RemoveCommand _,
          Step.EndCommands _,
          Step.FollowTo _ ->
          false;
    };
  }

  /**
   * Writes what is shared of it; the caller commits.
   *
   * @param keptRemovals see {@link Removals#KEPT}
   * @throws StoreConflictException where a step does not fit; the caller rolls back
   */
  Written write(List<Step> steps, int keptRemovals) throws SQLException {
    String registry = take();
    Removals removals = new Removals(connection, revision, changedMicros);
    load(steps);
    try {
      for (Step step : steps) {
        write(step, removals);
        boolean hasLeft = local.getLast() instanceof Step.RemoveDevice && deviceOf(step) != null;
        told.add(hasLeft ? local.getLast() : step);
      }
    } catch (DeviceRow.MissingKeyException e) {
      throw new StoreUnavailableException(String.valueOf(e.getMessage()), e);
    }
    flush(removals);
    removals.trim(keptRemovals);
    try (PreparedStatement notify =
        connection.prepareStatement("SELECT pg_notify('" + RegistryReader.CHANNEL + "', ?)")) {
      notify.setString(1, String.valueOf(revision));
      notify.execute();
    }
    told.addAll(dropped);
    return new Written(registry, revision, local, told);
  }

  private String take() throws SQLException {
    try (PreparedStatement update =
            connection.prepareStatement(
                "UPDATE sluice.registry SET revision = revision + 1 RETURNING id, revision,"
                    + " (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
        ResultSet row = update.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("sluice.registry is empty", "42P01");
      }
      revision = row.getLong(2);
      changedMicros = row.getLong(3);
      return row.getString(1);
    }
  }

  /** Reads all devices that the steps name, at once. */
  private void load(List<Step> steps) throws SQLException {
    String[] ids =
        steps.stream()
            .map(RegistryWriter::deviceOf)
            .filter(Objects::nonNull)
            .distinct()
            .toArray(String[]::new);
    if (ids.length == 0) {
      return;
    }
    Array array = connection.createArrayOf("text", ids);
    try (PreparedStatement select =
        connection.prepareStatement("SELECT * FROM sluice.device WHERE id = ANY (?)")) {
      select.setArray(1, array);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          DeviceRow found = DeviceRow.read(row, cipher);
          before.put(found.device().id(), found);
        }
      }
    } finally {
      array.free();
    }
  }

  private static @Nullable String deviceOf(Step step) {
    return switch (step) {
      case Step.InsertDevice insert -> insert.device().id();
      case Step.UpdateDevice update -> update.after().id();
      case Step.SaveDevice save -> save.device().id();
      case Step.RemoveDevice remove -> remove.device();
      default -> null; // not of a device
    };
  }

  private @Nullable DeviceRow current(String id) {
    return after.containsKey(id) ? after.get(id) : before.get(id);
  }

  private void write(Step step, Removals removals) throws SQLException {
    switch (step) {
      case Step.InsertDevice insert -> insert(insert.device());
      case Step.UpdateDevice update -> update(update.before(), update.after());
      case Step.SaveDevice save -> put(save.device());
      case Step.RemoveDevice remove -> {
        after.put(remove.device(), null);
        local.add(remove);
      }
      case Step.BarDevice bar -> bar(bar, removals);
      case Step.UnbarDevice unbar -> {
        if (unbar(unbar.device())) {
          removals.add(Removals.BARRED, unbar.device(), "", null);
        }
        local.add(unbar);
      }
      case Step.SaveClaim save -> {
        ClaimRows.save(connection, save.claim(), region, revision);
        local.add(
            scope.has(save.claim().site()) ? save : new Step.RemoveClaim(save.claim().tokenHash()));
      }
      case Step.RemoveClaim remove -> {
        ClaimRows.Gone gone = ClaimRows.remove(connection, remove.tokenHash());
        if (gone != null) {
          removals.add(Removals.CLAIM, remove.tokenHash(), gone.site(), gone.region());
        }
        local.add(remove);
      }
      case Step.UseClaim use ->
          local.add(new Step.SaveClaim(ClaimRows.use(connection, use.tokenHash(), revision)));
      case Step.MarkClaimed mark -> {
        ClaimRows.mark(connection, mark.device(), region, revision);
        local.add(mark);
      }
      case Step.ReissueClaimed again ->
          local.add(
              new Step.MarkClaimed(
                  ClaimRows.reissue(
                      connection, again.device(), again.issuedHash(), again.nextHash(), revision)));
      case Step.SettleClaimed settle -> {
        ClaimRows.Gone gone = ClaimRows.settle(connection, settle.device(), settle.issuedHash());
        if (gone != null) {
          removals.add(Removals.CLAIMED, settle.device(), gone.site(), gone.region());
        }
        local.add(settle);
      }
      case Step.SaveSeedDigest _,
          Step.AddKnownPlaces _,
          Step.SaveCommand _,
          Step.RemoveCommand _,
          Step.EndCommands _,
          Step.FollowTo _ ->
          local.add(step);
    }
  }

  private void insert(StoredDevice device) {
    if (current(device.id()) != null) {
      throw new StoreConflictException("device " + device.id() + " is registered meanwhile");
    }
    String site = device.device().site();
    if (!scope.has(site)) {
      throw new StoreConflictException(
          "device "
              + device.id()
              + " is of site "
              + site
              + ", and this gateway has the sites "
              + String.join(", ", scope.sites())
              + " (fleet.scope); register it at a gateway of its site");
    }
    put(device);
  }

  private void update(StoredDevice expected, StoredDevice next) {
    DeviceRow known = current(expected.id());
    if (known == null || !known.is(expected)) {
      throw new StoreConflictException(
          "device "
              + expected.id()
              + (known == null ? " is removed meanwhile" : " is changed meanwhile"));
    }
    put(next);
  }

  private void put(StoredDevice device) {
    DeviceRow row =
        DeviceRow.replacing(current(device.id()), device, region, revision, changedMicros, cipher);
    after.put(device.id(), row);
    local.add(
        scope.has(device.device().site())
            ? new Step.SaveDevice(device)
            : new Step.RemoveDevice(device.id()));
  }

  private void bar(Step.BarDevice bar, Removals removals) throws SQLException {
    boolean _ = unbar(bar.device());
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO sluice.barred_device (id, revision) VALUES (?, ?)")) {
      insert.setString(1, bar.device());
      insert.setLong(2, revision);
      insert.executeUpdate();
    }
    local.add(bar);
    try (PreparedStatement trim =
        connection.prepareStatement(
            "DELETE FROM sluice.barred_device WHERE number IN (SELECT number FROM"
                + " sluice.barred_device ORDER BY number DESC OFFSET ?) RETURNING id")) {
      trim.setInt(1, bar.keep());
      try (ResultSet row = trim.executeQuery()) {
        while (row.next()) {
          dropped.add(new Step.UnbarDevice(row.getString(1)));
        }
      }
    }
    for (Step gone : dropped) {
      if (gone instanceof Step.UnbarDevice unbar) {
        removals.add(Removals.BARRED, unbar.device(), "", null);
      }
    }
    local.addAll(dropped);
  }

  private boolean unbar(String device) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM sluice.barred_device WHERE id = ?")) {
      delete.setString(1, device);
      return delete.executeUpdate() > 0;
    }
  }

  /** What is removed goes first: another may have its credentials now. */
  private void flush(Removals removals) throws SQLException {
    List<String> gone = new ArrayList<>();
    for (Map.Entry<String, @Nullable DeviceRow> each : after.entrySet()) {
      DeviceRow known = before.get(each.getKey());
      DeviceRow next = each.getValue();
      if (known == null) {
        continue;
      }
      String site = known.device().device().site();
      if (next == null) {
        gone.add(each.getKey());
        removals.add(Removals.DEVICE, each.getKey(), site, known.region());
      } else if (!site.equals(next.device().device().site())) {
        removals.add(Removals.DEVICE, each.getKey(), site, known.region());
      }
    }
    if (!gone.isEmpty()) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM sluice.device WHERE id = ANY (?)")) {
        delete.setArray(1, connection.createArrayOf("text", gone.toArray()));
        delete.executeUpdate();
      }
    }
    List<DeviceRow> rows = after.values().stream().filter(Objects::nonNull).toList();
    put(DeviceRow.UPSERT, rows.stream().filter(row -> isKnown(row)).toList());
    List<DeviceRow> fresh = rows.stream().filter(row -> !isKnown(row)).toList();
    int[] counts = put(DeviceRow.INSERT, fresh);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 0) {
        throw new StoreConflictException(
            "device "
                + fresh.get(i).device().id()
                + " is registered in another region of the fleet");
      }
    }
  }

  private boolean isKnown(DeviceRow row) {
    return before.containsKey(row.device().id());
  }

  /** How many rows each has written. */
  private int[] put(String sql, List<DeviceRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement put = connection.prepareStatement(sql)) {
      for (DeviceRow row : rows) {
        row.bind(put);
        put.addBatch();
      }
      return put.executeBatch();
    }
  }
}
