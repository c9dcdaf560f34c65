package io.sluice.engine.registry.auth;

import com.github.benmanes.caffeine.cache.Ticker;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Peer;
import io.sluice.engine.limits.LimitSettings;
import io.sluice.engine.registry.auth.ConsumerSettings.Role;
import io.sluice.engine.registry.auth.ConsumerSettings.User;
import io.sluice.engine.registry.credential.Authorities;
import io.sluice.engine.registry.credential.CertificateNames;
import io.sluice.engine.registry.device.DeviceRules;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The local consumers of the configuration, and their credentials. Thread-safe, never blocks. Wrong
 * passwords are delayed as devices' are.
 */
public final class Consumers {
  private final Map<String, User> byName = new HashMap<>();
  private final Map<String, User> byCertificate = new HashMap<>();
  private final Map<String, Role> roles = new HashMap<>();
  private final Authorities authorities;
  private final LoginDelays delays;

  public Consumers(ConsumerSettings settings, LimitSettings limits, Authorities authorities) {
    this.authorities = authorities;
    delays = new LoginDelays(limits, Ticker.systemTicker(), KnownPlaces.inMemory());
    settings.roles().forEach(role -> roles.put(role.name(), role));
    for (User user : settings.users()) {
      byName.put(user.name(), user);
      if (user.certificate() != null) {
        byCertificate.put(DeviceRules.canonicalSubject(user.certificate()), user);
      }
    }
  }

  /** Whether a consumer has that name. */
  public boolean knows(String name) {
    return byName.containsKey(name);
  }

  /** The verdict on a consumer; null where the credentials name none, but perhaps a device. */
  public @Nullable Admission admit(Peer peer, Credentials credentials) {
    return switch (credentials) {
      case Credentials.Password(String name, byte[] password, _) when byName.containsKey(name) ->
          password(peer, byName.get(name), password);
      case Credentials.Certificate certificate when !byCertificate.isEmpty() ->
          certificate(certificate.chain());
      default -> null;
    };
  }

  private @Nullable Admission certificate(List<X509Certificate> chain) {
    for (String name : CertificateNames.of(chain.getFirst())) {
      User user = byCertificate.get(name);
      if (user != null && authorities.mayNameConsumer(user.certificateAuthority(), chain)) {
        return admitted(user);
      }
    }
    return null;
  }

  private Admission password(Peer peer, User user, byte @Nullable [] shown) {
    long nanos = delays.wait(peer.address(), user.name());
    if (nanos > 0) {
      return new Admission.Refused(
          RejectReason.QUOTA,
          "too many wrong credentials for this name; wait "
              + Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos))
              + " s");
    }
    if (user.password() == null || shown == null || !isSame(user.password().value(), shown)) {
      delays.failed(peer.address(), user.name());
      return new Admission.Refused(
          RejectReason.NOT_AUTHENTICATED, "unknown device or wrong credentials");
    }
    delays.succeeded(peer.address(), user.name());
    return admitted(user);
  }

  private static boolean isSame(String expected, byte[] shown) {
    return MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), shown);
  }

  private Admission admitted(User user) {
    return new Admission.Consumer(
        user.name(), Objects.requireNonNull(roles.get(user.role())).topics());
  }
}
