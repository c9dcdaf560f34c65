package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SparseLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(SparseLogTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  SparseLogTest() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
  }

  @Test
  void oneLineAnIntervalAndTheOthersAreCounted() {
    SparseLog sparse = new SparseLog(logger, "hj212", Duration.ofHours(1));
    sparse.warn("10.0.0.1", "closed");
    sparse.warn("10.0.0.2", "closed");
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("hj212: 10.0.0.1: closed");
  }

  @Test
  void withoutAnIntervalEachIsLogged() {
    SparseLog sparse = new SparseLog(logger, "mqtt", Duration.ZERO);
    sparse.warn("10.0.0.1", "closed");
    sparse.error("10.0.0.2", "failed", new IllegalStateException("fault"));
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("mqtt: 10.0.0.1: closed", "mqtt: 10.0.0.2: failed");
    assertThat(lines.list.getLast().getThrowableProxy()).isNotNull();
  }
}
