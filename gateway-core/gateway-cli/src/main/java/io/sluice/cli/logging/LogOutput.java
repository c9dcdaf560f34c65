package io.sluice.cli.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * The program's log: standard error, as standard output is for what commands answer, or a file that
 * is bounded. Where standard error is the journal's, a line has no time, which the journal adds,
 * and the severity before it, as sd-daemon(3) says. Set up in code: reading it from XML took about
 * a tenth of the start. A file named by the system property {@code logback.configurationFile} goes
 * before it.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class LogOutput extends ContextAwareBase implements Configurator {
  private static final Map<String, Level> LEVELS =
      Map.of(
          "org.eclipse.californium",
          Level.WARN,
          "org.eclipse.paho",
          Level.WARN,
          // what its clients meet, the Kafka upstream says in one line
          "org.apache.kafka",
          Level.OFF,
          // what becomes of the fleet's store, its link says in one line
          "com.zaxxer.hikari",
          Level.OFF,
          "org.flywaydb",
          Level.WARN,
          "io.netty",
          Level.WARN,
          "io.vertx",
          Level.WARN,
          // a box without a network card is no fault, and nothing here goes by its address
          "io.netty.util.internal.MacAddressUtil",
          Level.ERROR);

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (isReplaced()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    LEVELS.forEach((name, level) -> context.getLogger(name).setLevel(level));
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setTarget("System.err");
    use(console, new LogLines(isJournal()), context);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static boolean isReplaced() {
    return System.getProperty("logback.configurationFile") != null;
  }

  /** Whether standard error goes to the journal; systemd.exec(5) says how that is found out. */
  private static boolean isJournal() {
    String stream = System.getenv("JOURNAL_STREAM");
    if (stream == null) {
      return false;
    }
    try {
      Map<String, Object> error = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
      return stream.equals(error.get("dev") + ":" + error.get("ino"));
    } catch (IOException e) {
      return false;
    }
  }

  private static void use(
      OutputStreamAppender<ILoggingEvent> appender, LogLines lines, LoggerContext context) {
    lines.setContext(context);
    lines.start();
    appender.setContext(context);
    appender.setEncoder(lines);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.INFO);
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
  }

  /**
   * From now on into the file that the settings name, if any.
   *
   * @throws IOException where it cannot be written; the message names it
   */
  public static void direct(LoggingSettings settings) throws IOException {
    Path file = settings.file();
    if (file == null || isReplaced()) {
      return;
    }
    probe(file);
    use(
        rolling(file, settings),
        new LogLines(false),
        (LoggerContext) LoggerFactory.getILoggerFactory());
  }

  /** The library would say it on its own status list only. */
  private static void probe(Path file) throws IOException {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
    } catch (IOException e) {
      throw new IOException(
          "the log cannot be written to "
              + file
              + " ("
              + e.getClass().getSimpleName()
              + "); name another as logging.file, or let this user write there",
          e);
    }
  }

  private static RollingFileAppender<ILoggingEvent> rolling(Path file, LoggingSettings settings) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
    window.setContext(context);
    window.setParent(appender);
    window.setFileNamePattern(file + ".%i");
    window.setMinIndex(1);
    window.setMaxIndex(settings.keep());
    window.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(settings.maxBytes().value()));
    // looked at with each line: by default a flood may run over the bound for a minute
    size.setCheckIncrement(Duration.buildByMilliseconds(0));
    size.start();
    appender.setRollingPolicy(window);
    appender.setTriggeringPolicy(size);
    return appender;
  }
}
