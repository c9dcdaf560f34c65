package io.sluice.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lines are what the library's pattern language would make of them, byte for byte. */
class LogLinesTest {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{0} - %msg%n%ex{4}";
  private static final LoggerContext CONTEXT = new LoggerContext();

  static Stream<LoggingEvent> events() {
    Throwable cause = new IOException("disk gone", new IllegalStateException("it was pulled"));
    return Stream.of(
        event("io.sluice.app.Main", Level.INFO, "ready", 1_795_592_846_904L, null),
        event("root", Level.WARN, "of {} läßt nach\nzwei Zeilen", 1_795_592_846_000L, null),
        event("a.", Level.ERROR, "", 0, cause),
        event("io.sluice.Forwarder", Level.DEBUG, "why", 1_795_592_846_010L, cause));
  }

  private static LoggingEvent event(
      String logger, Level level, String message, long time, Throwable cause) {
    Logger named = CONTEXT.getLogger(logger);
    LoggingEvent event = new LoggingEvent("here", named, level, message, cause, null);
    event.setTimeStamp(time);
    return event;
  }

  @ParameterizedTest
  @MethodSource("events")
  void areThoseOfThePattern(LoggingEvent event) {
    PatternLayoutEncoder pattern = new PatternLayoutEncoder();
    pattern.setContext(CONTEXT);
    pattern.setPattern(PATTERN);
    pattern.start();
    LogLines lines = new LogLines(false);
    lines.setContext(CONTEXT);
    assertThat(new String(lines.encode(event), StandardCharsets.UTF_8))
        .isEqualTo(new String(pattern.encode(event), StandardCharsets.UTF_8));
  }
}
