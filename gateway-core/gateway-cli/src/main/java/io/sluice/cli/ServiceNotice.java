package io.sluice.cli;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager how a gateway or a fleet's view fares, as sd_notify(3) says: {@code
 * READY=1} once every listener is open, {@code WATCHDOG=1} twice in each period that the manager
 * set while the status can be had, {@code STOPPING=1} when it ends. Does nothing where no manager
 * asks for it by {@code NOTIFY_SOCKET}.
 *
 * <p>A full or faulty disk shows in {@code STATUS=} and does not end the watchdog's sign of life:
 * starting anew would not mend it. A status that cannot be had, since a lock or the watchdog's own
 * thread is stuck, does.
 *
 * <p>Datagrams are sent without waiting; one that the manager does not take is made good by the
 * next. Java has no datagram sockets of the Unix domain, Netty's native transport has.
 */
public final class ServiceNotice implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotice.class);

  private final byte @Nullable [] manager;
  private final long watchdogMicros;
  private final ScheduledExecutorService watchdog =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("watchdog").factory());
  private @Nullable Socket socket; // guarded by this, as what follows
  private boolean isStopping;

  private ServiceNotice(byte @Nullable [] manager, long watchdogMicros) {
    this.manager = manager;
    this.watchdogMicros = watchdogMicros;
  }

  /**
   * @param environment with NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID where a service manager
   *     set them
   * @param pid of this process
   */
  public static ServiceNotice of(Map<String, String> environment, long pid) {
    String path = environment.getOrDefault("NOTIFY_SOCKET", "");
    if (path.isEmpty() || (path.charAt(0) != '/' && path.charAt(0) != '@')) {
      return new ServiceNotice(null, 0);
    }
    if (!Epoll.isAvailable()) {
      LOG.warn(
          "the service manager is not told of the start: {}",
          String.valueOf(Epoll.unavailabilityCause().getMessage()));
      return new ServiceNotice(null, 0);
    }
    byte[] manager = path.getBytes(StandardCharsets.UTF_8);
    if (manager[0] == '@') {
      manager[0] = 0; // the abstract name space
    }
    String whose = environment.getOrDefault("WATCHDOG_PID", "");
    boolean isOurs = whose.isEmpty() || whose.equals(String.valueOf(pid));
    return new ServiceNotice(manager, isOurs ? micros(environment.get("WATCHDOG_USEC")) : 0);
  }

  private static long micros(@Nullable String text) {
    return text != null && text.matches("\\d{1,15}") ? Long.parseLong(text) : 0;
  }

  /**
   * Every listener is open.
   *
   * @param status how it fares, for an operator: the first line of it; asked for by another thread,
   *     too. One that cannot be had, by whatever it throws or as it never comes, is no sign of life
   */
  @SuppressWarnings("FutureReturnValueIgnored") // ends with its executor
  public void ready(Supplier<String> status) {
    if (manager == null) {
      return;
    }
    send("READY=1\n" + line(status.get()));
    if (watchdogMicros > 0) {
      long period = Math.max(1, watchdogMicros / 2);
      watchdog.scheduleAtFixedRate(
          Guarded.task("watchdog", () -> signOfLife(status)), 0, period, TimeUnit.MICROSECONDS);
    }
  }

  /** A task that throws would not be run again, and nobody would read why. */
  private void signOfLife(Supplier<String> status) {
    try {
      String life = "WATCHDOG=1\n" + line(status.get());
      synchronized (this) {
        if (!isStopping) { // it may have begun to stop while the status was put together
          send(life);
        }
      }
    } catch (RuntimeException e) {
      LOG.error(
          "no sign of life to the service manager: the status cannot be had: {}", e.toString());
    }
  }

  private static String line(String status) {
    return "STATUS=" + status.lines().findFirst().orElse("");
  }

  /** From now on the manager's time for stopping counts, not the watchdog's. */
  public synchronized void stopping() {
    isStopping = true;
    watchdog.shutdown();
    send("STOPPING=1");
  }

  private synchronized void send(String state) {
    byte[] to = manager;
    if (to == null) {
      return;
    }
    byte[] text = state.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocateDirect(text.length).put(text).flip();
    try {
      Socket open = socket == null ? Socket.newSocketDomainDgram() : socket;
      socket = open;
      open.sendToDomainSocket(bytes, 0, text.length, to);
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "the service manager cannot be told {}: {}",
          state.lines().findFirst().orElse(""),
          e.toString());
    }
  }

  @Override
  public synchronized void close() throws IOException {
    watchdog.shutdownNow();
    if (socket != null) {
      socket.close();
    }
  }
}
