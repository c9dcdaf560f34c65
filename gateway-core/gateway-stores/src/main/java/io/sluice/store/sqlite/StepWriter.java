package io.sluice.store.sqlite;

import io.sluice.api.store.Step;
import io.sluice.api.store.StoreConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Writes the steps of a change in one transaction. Confined to the thread that made it. */
final class StepWriter implements AutoCloseable {
  private final Statements statements;

  /** What steps have dropped by their bounds. */
  private final List<Step> dropped = new ArrayList<>(0);

  StepWriter(Connection connection) {
    this.statements = new Statements(connection);
  }

  /**
   * Writes all of them.
   *
   * @return what was done
   * @throws StoreConflictException where one does not fit; the caller rolls back
   */
  List<Step> write(List<Step> steps) throws SQLException {
    for (Step step : steps) {
      write(step);
    }
    if (dropped.isEmpty()) {
      return steps;
    }
    List<Step> done = new ArrayList<>(steps);
    done.addAll(dropped);
    return done;
  }

  private void write(Step step) throws SQLException {
    switch (step) {
      case Step.InsertDevice insert -> DeviceTable.insert(statements, insert.device());
      case Step.UpdateDevice update ->
          DeviceTable.update(statements, update.before(), update.after());
      case Step.SaveDevice save -> DeviceTable.save(statements, save.device());
      case Step.RemoveDevice remove -> DeviceTable.remove(statements, remove.device());
      case Step.SaveSeedDigest seed ->
          DeviceTable.saveSeedDigest(statements, seed.device(), seed.digest());
      case Step.BarDevice bar ->
          PlaceTables.bar(
              statements, bar.device(), bar.keep(), id -> dropped.add(new Step.UnbarDevice(id)));
      case Step.UnbarDevice unbar -> PlaceTables.unbar(statements, unbar.device());
      case Step.SaveClaim save -> ClaimTable.save(statements, save.claim());
      case Step.RemoveClaim remove -> ClaimTable.remove(statements, remove.tokenHash());
      case Step.UseClaim use -> ClaimTable.use(statements, use.tokenHash());
      case Step.MarkClaimed mark -> ClaimTable.mark(statements, mark.device());
      case Step.ReissueClaimed reissue ->
          ClaimTable.reissue(
              statements, reissue.device(), reissue.issuedHash(), reissue.nextHash());
      case Step.SettleClaimed settle ->
          ClaimTable.settle(statements, settle.device(), settle.issuedHash());
      case Step.AddKnownPlaces places ->
          PlaceTables.addPlaces(statements, places.digests(), places.keep());
      case Step.SaveCommand save -> CommandTable.save(statements, save.command());
      case Step.RemoveCommand remove -> CommandTable.remove(statements, remove.sequence());
      case Step.EndCommands end -> CommandTable.end(statements, end.device());
      case Step.FollowTo place -> PlaceTables.followTo(statements, place);
    }
  }

  @Override
  public void close() throws SQLException {
    statements.close();
  }
}
