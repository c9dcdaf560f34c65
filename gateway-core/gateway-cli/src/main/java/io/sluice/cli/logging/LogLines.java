package io.sluice.cli.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LevelToSyslogSeverity;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An event as lines of UTF-8: time in UTC (to a file or a terminal alone), level, the logger's last
 * name, message, the first lines of a cause. The library's pattern language costs 160 classes, a
 * megabyte, for the same. Thread-safe.
 */
final class LogLines extends EncoderBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX ").withZone(ZoneOffset.UTC);
  private static final List<String> LINES_OF_CAUSE = List.of("4");

  private static final LibraryTraces TRACES = new LibraryTraces(System::nanoTime);
  private static final byte[] NOTHING = {};

  private final boolean isJournal;

  /**
   * @param isJournal whether a journal adds the time and wants the severity before each line, as
   *     sd-daemon(3) says
   */
  LogLines(boolean isJournal) {
    this.isJournal = isJournal;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    long omitted =
        event.getThrowableProxy() == null ? 0 : TRACES.omittedBefore(event.getLoggerName());
    if (omitted < 0) {
      return NOTHING;
    }
    StringBuilder text = new StringBuilder();
    if (!isJournal) {
      TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), text);
    }
    String level = event.getLevel().toString();
    String logger = event.getLoggerName();
    text.append(level)
        .repeat(' ', Math.max(0, 5 - level.length()))
        .append(' ')
        .append(logger, logger.lastIndexOf('.') + 1, logger.length())
        .append(" - ")
        .append(event.getFormattedMessage())
        .append(omitted == 0 ? "" : " (and " + omitted + " like it before)")
        .append('\n');
    if (event.getThrowableProxy() != null) {
      text.append(cause(event));
    }
    return (isJournal ? withSeverity(text.toString(), event) : text.toString())
        .getBytes(StandardCharsets.UTF_8);
  }

  private String cause(ILoggingEvent event) {
    ThrowableProxyConverter converter = new ThrowableProxyConverter();
    converter.setContext(getContext());
    converter.setOptionList(LINES_OF_CAUSE);
    converter.start();
    return converter.convert(event);
  }

  private static String withSeverity(String text, ILoggingEvent event) {
    String severity = "<" + LevelToSyslogSeverity.convert(event) + ">";
    return text.lines().map(line -> severity + line + "\n").collect(Collectors.joining());
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
