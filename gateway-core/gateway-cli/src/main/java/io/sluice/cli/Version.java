package io.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
public final class Version implements IVersionProvider {
  private static final Instant EARLIEST = Instant.parse("2026-11-01T00:00:00Z");

  /** As in the pom: {@code 0.1.0}. */
  public static String current() {
    return properties().getProperty("version", "unknown");
  }

  /** When it was built; a moment before that where the build does not say. */
  public static Instant built() {
    try {
      return Instant.parse(properties().getProperty("built", ""));
    } catch (DateTimeParseException e) {
      return EARLIEST;
    }
  }

  private static Properties properties() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new IllegalStateException("version.properties cannot be read", e);
    }
    return properties;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"sluice " + current()};
  }
}
