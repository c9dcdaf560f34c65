package io.sluice.store.postgres;

import io.sluice.api.config.Secret;
import io.sluice.api.fleet.FleetStoreSettings;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * Makes connections to the fleet's store. Each reads the password's file anew, looks the host's
 * address up anew, and gives up on an answer that does not come. Thread-safe.
 */
final class PostgresDataSource implements DataSource {
  private static final int CONNECT_SECONDS = 5;

  /** An answer takes no longer: a far end that hangs is noticed by it. */
  static final int ANSWER_SECONDS = 20;

  /** Less than that, so that a lock that is not had in time is told as such. */
  private static final int LOCK_SECONDS = 10;

  private final FleetStoreSettings settings;
  private final String url;
  private final String application;
  private final Driver driver = new Driver();

  /**
   * @param application as PostgreSQL's list of connections shows it
   */
  PostgresDataSource(FleetStoreSettings settings, String application) {
    this.settings = settings;
    this.url = "jdbc:" + settings.uri();
    this.application = application;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user());
    Secret password = settings.password();
    if (password != null) {
      properties.setProperty("password", password.current());
    }
    properties.setProperty("ApplicationName", application);
    properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
    properties.setProperty("loginTimeout", String.valueOf(2 * CONNECT_SECONDS));
    properties.setProperty("socketTimeout", String.valueOf(ANSWER_SECONDS));
    properties.setProperty("cancelSignalTimeout", String.valueOf(CONNECT_SECONDS));
    properties.setProperty("logServerErrorDetail", "false"); // it has values of the rows
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("options", "-c lock_timeout=" + LOCK_SECONDS + "s");
    if (settings.hosts().contains(",")) {
      properties.setProperty("targetServerType", "primary");
    }
    PostgresTls.apply(settings.tls(), properties);
    Connection made = driver.connect(url, properties);
    if (made == null) {
      throw new SQLException("the driver does not know " + url);
    }
    return made;
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the user is configured");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    // what goes wrong is thrown
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // it is fixed
  }

  @Override
  public int getLoginTimeout() {
    return 2 * CONNECT_SECONDS;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("it wraps none");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
