package io.sluice.store.postgres;

import io.sluice.api.tls.ClientTls;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What is wrong with the fleet's store, as operators are told it. */
public final class PostgresFault {
  private PostgresFault() {}

  /**
   * One line that names the store, the cause and the remedy.
   *
   * @param uri of the store, which has no password in it
   */
  public static String sentence(SQLException e, String uri) {
    return "the fleet's store " + uri + ": " + text(e);
  }

  private static String text(SQLException given) {
    SQLException e = cause(given);
    if (e instanceof PostgresSchema.WrongVersionException) {
      return String.valueOf(e.getMessage());
    }
    String certificates = ClientTls.fault(e);
    if (certificates != null) {
      return certificates;
    }
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return switch (state) {
      case "28P01", "28000" ->
          "it does not let the user in (" + line(e) + "); set user and password right";
      case "3D000" -> "there is no such database (" + line(e) + "); make it, or name another";
      case "3F000", "42P01" ->
          "it has not the tables of a fleet (" + line(e) + "); run sluice fleet init";
      case "42501" ->
          "the user may not do this (" + line(e) + "); grant it what docs/fleet.md lists";
      case "53100" -> "its disk is full (" + line(e) + "); make room there";
      case "53300" -> "it has too many connections (" + line(e) + "); raise max_connections there";
      case "57P01", "57P02", "57P03" -> "it is stopping or starting (" + line(e) + ")";
      case "55P03", "57014" -> "it is busy (" + line(e) + "); look at what it does";
      case "25006" -> "it takes no writes (" + line(e) + "); name the primary";
      default ->
          state.startsWith("08") || state.isEmpty()
              ? "it cannot be reached (" + line(rootOf(e)) + "); look at its host and the network"
              : line(e) + " (" + state + ")";
    };
  }

  /**
   * Of a batch, whose own message has the values that were to be written; of a pool that could not
   * connect, what the server said.
   */
  private static SQLException cause(SQLException e) {
    if (e instanceof SQLTransientConnectionException && e.getCause() instanceof SQLException told) {
      return told;
    }
    SQLException next = e instanceof BatchUpdateException ? e.getNextException() : null;
    return next == null ? e : next;
  }

  private static Throwable rootOf(SQLException e) {
    Throwable cause = e;
    for (int depth = 0; depth < 8 && cause.getCause() != null; depth++) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? e : cause;
  }

  /** The server's words without its details, which may have values in them. */
  private static String line(Throwable e) {
    ServerErrorMessage told = e instanceof PSQLException own ? own.getServerErrorMessage() : null;
    String words = told == null ? null : told.getMessage();
    String message = words == null ? String.valueOf(e.getMessage()) : words;
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  /** Whether two rows would share what only one may have, or a row is not as it was to be. */
  static boolean isConflict(SQLException e) {
    String state = e.getSQLState();
    return state != null && state.startsWith("23");
  }
}
