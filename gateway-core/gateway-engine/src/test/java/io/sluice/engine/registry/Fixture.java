package io.sluice.engine.registry;

import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceDirectory.PskSpec;
import io.sluice.api.store.StoredCredentials;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.credential.AccessSettings;
import io.sluice.engine.registry.device.DeviceEntry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What the registry's tests have in common. */
public final class Fixture {
  public static final Set<String> PROFILES = Set.of("cnc", "soil-probe", "vibration-sensor");
  public static final Peer PEER = peer("192.0.2.1");

  /** Takes short passwords and keys, which tests are full of. */
  public static final AccessSettings SHORT_SECRETS =
      access(false, false, null, 10_000, 0, 1_000, List.of());

  public static final AccessSettings OPEN = access(true, false, null, 100, 1, 100, List.of());
  public static final AccessSettings AUTO = access(true, true, "cnc", 2, 1, 100, List.of());
  public static final String TOKEN = "0123456789abcdef-token";

  private Fixture() {}

  public static AccessSettings access(
      boolean anonymous,
      boolean autoRegister,
      @Nullable String autoRegisterProfile,
      int autoRegisterLimit,
      int hashThreads,
      int hashQueue,
      List<AccessSettings.JustInTime> justInTime) {
    return new AccessSettings(
        anonymous,
        autoRegister,
        autoRegisterProfile,
        autoRegisterLimit,
        hashThreads,
        hashQueue,
        justInTime,
        List.of(),
        1,
        8);
  }

  public static Registry open(Path directory) throws IOException {
    return open(directory, SHORT_SECRETS);
  }

  public static Registry open(Path directory, AccessSettings access) throws IOException {
    return Registry.open(directory, access, LimitSettings.DEFAULTS, PROFILES, Clock.systemUTC());
  }

  public static Peer peer(String address) {
    return new Peer("mqtt", new InetSocketAddress(address, 40_000), false);
  }

  public static DeviceId id(String id) {
    return new DeviceId(id);
  }

  public static DeviceSpec spec(String id, @Nullable CredentialSpec credentials) {
    return new DeviceSpec(
        id(id), "cnc", "factory", "plant-a", Duration.ofSeconds(10), null, true, true, credentials);
  }

  public static DeviceSpec spec(String id) {
    return spec(id, null);
  }

  public static DeviceSpec child(String id, String parent) {
    return new DeviceSpec(id(id), "cnc", "factory", "a", null, id(parent), true, true, null);
  }

  public static CredentialSpec password(String password) {
    return new CredentialSpec(password, null, null, null, null, null);
  }

  public static CredentialSpec token(String token) {
    return new CredentialSpec(null, token, null, null, null, null);
  }

  public static CredentialSpec psk(String identity, String keyHex) {
    return new CredentialSpec(null, null, new PskSpec(identity, keyHex), null, null, null);
  }

  public static CredentialSpec certificate(String subject) {
    return new CredentialSpec(null, null, null, subject, null, null);
  }

  public static Credentials login(String userName, @Nullable String password) {
    return new Credentials.Password(
        userName, password == null ? null : password.getBytes(StandardCharsets.UTF_8));
  }

  public static Admission admit(Registry registry, Credentials credentials) {
    return registry.admit(PEER, credentials).toCompletableFuture().join();
  }

  /** The id of the device admitted, or why not. */
  public static String verdict(Registry registry, Credentials credentials) {
    return switch (admit(registry, credentials)) {
      case Admission.Admitted admitted -> admitted.device().id().value();
      case Admission.Refused refused -> refused.detail();
      case Admission.Busy busy -> "busy";
      case Admission.Consumer consumer -> throw new IllegalStateException(consumer.name());
    };
  }

  /** Begins a session of a device that has just shown its credentials. */
  public static boolean attach(Registry registry, String device, DeviceLink link) {
    return registry.presence().attach(admitted(registry, device), PEER, link);
  }

  /** The same, where it waits for its turn. */
  public static CompletionStage<Void> claim(Registry registry, String device, DeviceLink link) {
    return registry.presence().claim(admitted(registry, device), link);
  }

  /** As a device that has just shown its credentials. */
  public static Admission.Admitted admitted(Registry registry, String device) {
    return Objects.requireNonNull(registry.current(device));
  }

  /** A device as the registry has it, without credentials. */
  public static DeviceEntry entry(String device) {
    return new DeviceEntry(
        new Device(id(device), "cnc", "factory", "plant-a", null, null, true, true, false),
        StoredCredentials.NONE);
  }

  public static void sweepCommands(Registry registry) {
    registry.sweepCommands();
  }

  public static void awaitSeedPasswords(Registry registry) throws InterruptedException {
    registry.awaitSeedPasswords();
  }

  /** A link that takes commands while it is ready. */
  public static class Link implements DeviceLink {
    public final List<Command> sent = new CopyOnWriteArrayList<>();
    public final AtomicReference<@Nullable LinkEnd> closed = new AtomicReference<>();
    public volatile boolean ready;

    /** Whether it is a concentrator's, which takes for its children. */
    public volatile boolean forChildren;

    public static Link ready() {
      Link link = new Link();
      link.ready = true;
      return link;
    }

    public List<String> names() {
      return sent.stream().map(Command::name).toList();
    }

    @Override
    public boolean send(Command command) {
      if (ready) {
        sent.add(command);
      }
      return ready;
    }

    @Override
    public boolean takesForChildren() {
      return forChildren;
    }

    @Override
    public void close(LinkEnd reason) {
      closed.set(reason);
    }
  }

  /** A clock that stands until it is set forward. */
  public static final class TestClock extends Clock {
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    public void forward(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
