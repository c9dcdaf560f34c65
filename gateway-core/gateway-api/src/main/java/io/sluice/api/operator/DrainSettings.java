package io.sluice.api.operator;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sluice drain} does where its command line does not say: the section {@code drain}.
 */
public record DrainSettings(
    @Option(
            key = "for",
            doc = "Time over which open sessions are ended, spread evenly.",
            def = "60s",
            min = 0,
            max = LONGEST_MILLIS)
        Duration spread,
    @Option(
            doc =
                "Where devices are sent, as MQTT 5 tells them (Server Reference): HOST or HOST:PORT,"
                    + " more than one with spaces between. Without a port it suits every listener."
                    + " Left out, devices come back by the balancer before this gateway.")
        @Nullable String serverReference)
    implements Checked {
  public static final DrainSettings DEFAULTS = new DrainSettings(Duration.ofSeconds(60), null);

  /** Longest spread, milliseconds. */
  public static final long LONGEST_MILLIS = 3_600_000;

  private static final int MAX_CHARS = 512;

  @Override
  public List<Problem> problems() {
    String fault = serverReference == null ? null : fault(serverReference);
    return fault == null ? List.of() : List.of(new Problem("server-reference", fault));
  }

  /** What is wrong with a server reference; null where nothing is. */
  public static @Nullable String fault(String reference) {
    boolean isGood =
        reference.length() <= MAX_CHARS
            && reference.matches("[^\\s\\p{Cntrl}]+( [^\\s\\p{Cntrl}]+)*");
    return isGood
        ? null
        : "must be HOST or HOST:PORT, or several of them with one space between, "
            + MAX_CHARS
            + " characters at most";
  }
}
