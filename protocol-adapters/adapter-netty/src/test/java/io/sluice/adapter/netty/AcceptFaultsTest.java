package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AcceptFaultsTest {
  @Test
  void operatorReadsOnceAMinuteWhyNobodyCanConnect() {
    Logger logger = (Logger) LoggerFactory.getLogger(AcceptFaultsTest.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    EmbeddedChannel listening =
        new EmbeddedChannel(
            new AcceptFaults(new SparseLog(logger, "lines", Duration.ofMinutes(1))));
    listening.pipeline().fireExceptionCaught(new IOException("Too many open files"));
    listening.pipeline().fireExceptionCaught(new IOException("Too many open files"));
    logger.detachAppender(lines);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .singleElement()
        .asString()
        .startsWith("lines: ")
        .endsWith(
            "cannot accept connections: Too many open files; raise the limit of open files"
                + " (ulimit -n, LimitNOFILE=)");
    listening.checkException(); // it went no further
  }
}
