package com.example.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.health.Guarded;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a far end for its values: sends the line {@code read}, and takes the line that comes back as
 * a message of one device. A far end that is away is tried again, after 1 s at first and after 30 s
 * at most.
 */
final class LinePollSource implements Adapter {
  private static final long LEAST_WAIT_MILLIS = 1_000;
  private static final long MOST_WAIT_MILLIS = 30_000;
  private static final int CONNECT_MILLIS = 5_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String name;
  private final LinePollSettings settings;
  private final String address;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Endpoint endpoint;
  private volatile @Nullable Lines line;

  /** Confined to the polling thread, as the number of attempts that failed in a row. */
  private @Nullable String lastError;

  private int failures;

  LinePollSource(String name, LinePollSettings settings) {
    this.name = name;
    this.settings = settings;
    this.address = settings.host() + ":" + settings.port();
    this.endpoint = Endpoint.waiting(address, "not tried yet", null, null);
  }

  @Override
  public void start(AdapterContext context) {
    Runnable polling =
        Guarded.loop("line-poll", () -> pollUntilClosed(context), () -> isClosedAfter(0));
    Thread.ofVirtual().name("line-poll-" + name).start(polling);
  }

  private void pollUntilClosed(AdapterContext context) {
    long waitMillis = 0;
    while (!isClosedAfter(waitMillis)) {
      try {
        poll(context);
        failures = 0;
        endpoint = Endpoint.connected(address, 1, lastError);
        waitMillis = settings.interval().toMillis();
      } catch (IOException away) {
        disconnect();
        lastError = String.valueOf(away.getMessage());
        waitMillis = backOffMillis(failures++);
        endpoint =
            Endpoint.waiting(
                address, lastError, context.clock().instant().plusMillis(waitMillis), lastError);
      }
    }
    disconnect();
  }

  /** Doubles up to the bound; at random, so that many sources do not come back in one moment. */
  static long backOffMillis(int failures) {
    long most = Math.min(MOST_WAIT_MILLIS, LEAST_WAIT_MILLIS << Math.min(failures, 10));
    return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
  }

  private void poll(AdapterContext context) throws IOException {
    Lines open = line;
    if (open == null) {
      InetSocketAddress to = new InetSocketAddress(settings.host(), settings.port());
      Socket socket = new Socket();
      open = new Lines(socket);
      line = open; // before it connects, so that close() ends that, too
      socket.connect(to, CONNECT_MILLIS);
    }
    open.write("read");
    String values = open.read(PATIENCE);
    DeviceId device = new DeviceId(settings.device());
    context.sessions().seen(device, new Peer("lines", open.remote(), false));
    Message message = new Message(device, values.getBytes(UTF_8), context.clock());
    long retryAfterMillis;
    do { // what was read is kept until the gateway has it or refuses it
      retryAfterMillis = retryAfterMillis(message.give(context));
    } while (retryAfterMillis >= 0 && !isClosedAfter(retryAfterMillis));
  }

  /** When the value is to be offered again; -1 where the gateway has it, or refuses it. */
  private long retryAfterMillis(Receipt receipt) {
    return switch (receipt) {
      case Receipt.Stored _ -> -1;
      case Receipt.Busy busy -> busy.retryAfterMillis();
      case Receipt.Limited limited -> {
        lastError = limited.detail();
        yield limited.retryAfterMillis();
      }
      case Receipt.Rejected rejected -> {
        lastError = rejected.detail();
        yield -1;
      }
    };
  }

  /** Waits so long, unless it is closed before. */
  private boolean isClosedAfter(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void disconnect() {
    Lines open = line;
    line = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(endpoint);
  }

  @Override
  public void close() {
    closed.countDown();
    Lines open = line;
    if (open != null) {
      open.close();
    }
  }
}
