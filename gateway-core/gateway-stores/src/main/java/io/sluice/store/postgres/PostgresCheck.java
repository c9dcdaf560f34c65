package io.sluice.store.postgres;

import io.sluice.api.fleet.FleetStoreCheck;
import io.sluice.api.fleet.FleetStoreSettings;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Connects to PostgreSQL once, and looks for the tables. */
public final class PostgresCheck implements FleetStoreCheck {
  @Override
  public @Nullable String fault(FleetStoreSettings settings) {
    try (Connection connection =
        PostgresLink.connections(settings, "sluice doctor").getConnection()) {
      PostgresSchema.check(connection);
      return null;
    } catch (SQLException e) {
      return PostgresFault.sentence(e, settings.uri());
    }
  }
}
