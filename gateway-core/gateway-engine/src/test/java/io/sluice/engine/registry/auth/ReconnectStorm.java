package io.sluice.engine.registry.auth;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Peer;
import io.sluice.api.store.RegistryStore;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoreFactory;
import io.sluice.api.store.StoredCredentials;
import io.sluice.api.store.StoredDevice;
import io.sluice.engine.registry.Fixture;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.credential.PasswordHasher;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A benchmark, run by hand: so many devices with passwords connect in one instant, first at a
 * gateway that has just started, then at one that knows them, then at one that an attacker floods
 * with names of his own. Devices that are told to try later do so.
 *
 * <p>Arguments: number of devices (10000).
 */
final class ReconnectStorm {
  private static final String PASSWORD = "correct horse battery staple";

  private final Registry registry;
  private final int devices;
  private final ScheduledExecutorService fleet = Executors.newSingleThreadScheduledExecutor();

  private ReconnectStorm(Registry registry, int devices) {
    this.registry = registry;
    this.devices = devices;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    int devices = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
    Path directory = Files.createTempDirectory("storm");
    prepare(directory, devices);
    long opened = System.nanoTime();
    try (Registry registry =
        Registry.open(
            directory,
            Fixture.SHORT_SECRETS,
            io.sluice.engine.limits.LimitSettings.DEFAULTS,
            Fixture.PROFILES,
            Clock.systemUTC())) {
      System.out.printf("open: %d ms%n", millisSince(opened));
      ReconnectStorm storm = new ReconnectStorm(registry, devices);
      storm.run("cold");
      storm.run("warm");
      storm.flood();
      storm.run("warm, under a flood of unknown names");
      storm.fleet.shutdownNow();
    }
  }

  /** All have one password and, to save time, one salt: a check costs the same. */
  private static void prepare(Path directory, int devices) throws IOException {
    String hash =
        new PasswordHasher(new SecureRandom()).hash(PASSWORD.getBytes(StandardCharsets.UTF_8));
    StoredCredentials credentials = StoredCredentials.NONE.withPasswordHash(hash);
    try (RegistryStore store = StoreFactory.open(StoreFactory.DEFAULT_TYPE, directory)) {
      store.apply(
          IntStream.range(0, devices)
              .<Step>mapToObj(
                  i -> new Step.InsertDevice(new StoredDevice(device("d" + i), credentials, null)))
              .toList());
    }
  }

  private static Device device(String id) {
    return new Device(new DeviceId(id), "cnc", "factory", "plant-a", null, null, true, true, false);
  }

  private void run(String name) throws InterruptedException {
    CountDownLatch in = new CountDownLatch(devices);
    AtomicInteger busy = new AtomicInteger();
    long[] millis = new long[devices];
    long start = System.nanoTime();
    for (int i = 0; i < devices; i++) {
      connect(i, start, millis, busy, in);
    }
    in.await();
    Arrays.sort(millis);
    System.out.printf(
        "%s: %d devices, half in after %d ms, 99 %% after %d ms, all after %d ms; busy %d times%n",
        name,
        devices,
        millis[devices / 2],
        millis[devices * 99 / 100],
        millis[devices - 1],
        busy.get());
  }

  private void connect(int i, long start, long[] millis, AtomicInteger busy, CountDownLatch in) {
    Peer peer =
        new Peer("mqtt", new InetSocketAddress("10.0." + (i >> 8) + "." + (i & 255), 1), false);
    var _ =
        registry
            .admit(peer, Fixture.login("d" + i, PASSWORD))
            .thenAccept(admission -> {
              switch (admission) {
                case Admission.Admitted admitted -> {
                  millis[i] = millisSince(start);
                  in.countDown();
                }
                case Admission.Busy later -> {
                  busy.incrementAndGet();
                  var _ =
                      fleet.schedule(
                          () -> connect(i, start, millis, busy, in),
                          later.retryAfterMillis(),
                          TimeUnit.MILLISECONDS);
                }
                case Admission.Consumer consumer ->
                    throw new IllegalStateException(consumer.name());
                case Admission.Refused refused -> throw new IllegalStateException(refused.detail());
              }
            });
  }

  private void flood() {
    Peer attacker = Fixture.peer("203.0.113.9");
    for (int i = 0; i < 5_000; i++) {
      var _ = registry.admit(attacker, Fixture.login("nobody-" + i, "guess"));
    }
  }

  private static long millisSince(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
  }
}
