package io.sluice.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainDatagramSocketAddress;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.sluice.cli.ServiceNotice;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service manager's side of sd_notify: a datagram socket of the Unix domain. */
class ServiceNoticeIT {
  @TempDir Path directory;

  private Socket manager;
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    assertThat(Epoll.isAvailable()).isTrue();
    manager = Socket.newSocketDomainDgram();
    manager.bind(new DomainSocketAddress(socket()));
  }

  @AfterEach
  void close() throws Exception {
    manager.close();
  }

  private String socket() {
    return directory.resolve("notify").toString();
  }

  /** Takes what has come and returns all that was ever told. */
  private List<String> told() throws Exception {
    ByteBuffer bytes = ByteBuffer.allocateDirect(1024);
    DomainDatagramSocketAddress from = manager.recvFromDomainSocket(bytes, 0, bytes.capacity());
    while (from != null) {
      told.add(StandardCharsets.UTF_8.decode(bytes.slice(0, from.receivedAmount())).toString());
      from = manager.recvFromDomainSocket(bytes, 0, bytes.capacity());
    }
    return told;
  }

  @Test
  void managerIsToldOfReadinessLifeAndEnd() throws Exception {
    String[] environment = {
      "env", "NOTIFY_SOCKET=" + socket(), "WATCHDOG_USEC=200000", "WATCHDOG_PID="
    };
    try (GatewayProcess gateway =
        GatewayProcess.start(new Setup(directory).config(), environment)) {
      await()
          .untilAsserted(() ->
              assertThat(told())
                  .filteredOn(text -> text.startsWith("WATCHDOG=1"))
                  .hasSizeGreaterThanOrEqualTo(3));
      assertThat(told.getFirst()).isEqualTo("READY=1\nSTATUS=0 connections");
      try (ExecutorService system = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Integer> end = system.submit(gateway::terminate);
        // taken as it comes: the socket holds ten, and what does not fit is not sent again
        await().atMost(90, TimeUnit.SECONDS).until(() -> told() != null && end.isDone());
        assertThat(end.get()).isZero();
      }
      assertThat(told()).last().isEqualTo("STOPPING=1");
    }
  }

  @Test
  void signOfLifeThatIsUnderWayWhenItStopsIsNoneAnyMore() throws Exception {
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", socket(), "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "2");
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicReference<Thread> watchdog = new AtomicReference<>();
    AtomicInteger times = new AtomicInteger();
    try (ServiceNotice notice = ServiceNotice.of(environment, 2)) {
      notice.ready(() -> {
        if (times.incrementAndGet() > 1) { // the first is of READY
          watchdog.set(Thread.currentThread());
          asked.countDown();
          await().until(() -> goOn.getCount() == 0);
        }
        return "well";
      });
      assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
      notice.stopping();
      goOn.countDown();
      watchdog.get().join();
      assertThat(told()).last().isEqualTo("STOPPING=1");
    }
  }

  @Test
  void inTheJournalALineHasItsSeverityAndNoTime() throws Exception {
    String[] journal = {
      "sh", "-c", "JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec \"$@\"", "sh"
    };
    try (GatewayProcess gateway = GatewayProcess.start(new Setup(directory).config(), journal)) {
      await()
          .untilAsserted(() ->
              assertThat(gateway.log().lines())
                  .contains("<6>INFO  Forwarder - upstream archive: connected"));
      assertThat(gateway.terminate()).isZero();
    }
  }

  @Test
  void nobodyIsToldWithoutAManager() throws Exception {
    try (ServiceNotice none = ServiceNotice.of(Map.of(), 1)) {
      none.ready(() -> {
        throw new AssertionError("nobody asked");
      });
      none.stopping();
    }
    assertThat(told()).isEmpty();
  }

  @Test
  void watchdogOfAnotherProcessIsNotOurs() throws Exception {
    Map<String, String> environment =
        Map.of("NOTIFY_SOCKET", socket(), "WATCHDOG_USEC", "1000", "WATCHDOG_PID", "1");
    try (ServiceNotice notice = ServiceNotice.of(environment, 2)) {
      notice.stopping();
      assertThat(told()).containsExactly("STOPPING=1");
    }
  }

  @Test
  void managerThatIsGoneIsNoReasonToFail() throws Exception {
    Map<String, String> environment = Map.of("NOTIFY_SOCKET", directory.resolve("gone").toString());
    try (ServiceNotice notice = ServiceNotice.of(environment, 2)) {
      notice.stopping();
    }
    assertThat(told()).isEmpty();
  }
}
