package io.sluice.store.postgres;

import io.sluice.adapter.testkit.StoreContract;
import io.sluice.api.store.RegistryStore;
import io.sluice.testkit.PostgreSql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract of stores, on a copy in SQLite that follows a real PostgreSQL. */
class FollowingStoreContractTest implements StoreContract {
  @TempDir Path directory;

  @BeforeAll
  static void needsPostgreSql() {
    Assumptions.assumeTrue(PostgreSql.isInstalled());
  }

  @Override
  public Place place() throws IOException {
    String database = FleetDatabase.make();
    return new Place() {
      private int open;

      @Override
      public RegistryStore open() throws IOException {
        // one gateway after the other is the same one; beside each other they are two
        Path data = Files.createDirectories(directory.resolve("gateway-" + open++));
        FleetMember member = FleetMember.open(data, FleetDatabase.settings(database));
        return new Closing(member, database, () -> open--);
      }

      @Override
      public void fail() throws IOException {
        PostgreSql.shared()
            .sql(
                database,
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
                    + " EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$",
                "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON sluice.device EXECUTE FUNCTION"
                    + " refuse()");
      }

      @Override
      public void mend() throws IOException {
        PostgreSql.shared().sql(database, "DROP TRIGGER refuse ON sluice.device");
      }
    };
  }

  /** A gateway that is asked what it has once it has heard of what others did; tells its end. */
  private record Closing(FleetMember member, String database, Runnable closed)
      implements ForwardingStore {
    @Override
    public RegistryStore to() {
      return member;
    }

    @Override
    public long load(Loader loader) {
      try {
        member.awaitRevision(
            Long.parseLong(
                PostgreSql.shared().sql(database, "SELECT revision FROM sluice.registry")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return member.load(loader);
    }

    @Override
    public void close() {
      member.close();
      closed.run();
    }
  }
}
