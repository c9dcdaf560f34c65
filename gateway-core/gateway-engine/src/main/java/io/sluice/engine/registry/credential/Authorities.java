package io.sluice.engine.registry.credential;

import io.sluice.api.Device;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.TlsFiles;
import io.sluice.engine.config.NearestKey;
import io.sluice.engine.registry.credential.AccessSettings.JustInTime;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which authority may give which names. The listener has verified that some authority of its
 * client-ca stands behind a chain; here it is asked which. A name that is bound to an authority
 * counts from that one alone. A just-in-time authority, which says of each device what it is
 * called, may name only the devices of its own sector and site, unless the operator trusts it with
 * all. Immutable.
 */
public final class Authorities {
  /** Where neither names are bound nor devices registered by certificate. */
  public static final Authorities NONE = new Authorities(List.of());

  /** One authority; with a rule where its certificates register devices. */
  public record Authority(String name, X509TrustManager trust, @Nullable JustInTime rule) {}

  private final List<Authority> all;
  private final List<Authority> justInTime;

  private Authorities(List<Authority> all) {
    this.all = List.copyOf(all);
    this.justInTime = all.stream().filter(authority -> authority.rule() != null).toList();
  }

  /**
   * @throws IOException where a certificate cannot be used; the message names the key and the file
   */
  public static Authorities of(AccessSettings access) throws IOException {
    List<Authority> all = new ArrayList<>();
    for (JustInTime rule : access.justInTime()) {
      all.add(new Authority(nameOf(rule), trust("access.just-in-time", rule.ca()), rule));
    }
    for (AccessSettings.Authority one : access.authorities()) {
      all.add(new Authority(one.name(), trust("access.authorities", one.ca()), null));
    }
    return new Authorities(all);
  }

  /**
   * The names that a certificate may be bound to.
   *
   * @throws IOException where a certificate cannot be read; the message names the file
   */
  public static Set<String> names(AccessSettings access) throws IOException {
    Set<String> names = new TreeSet<>();
    for (JustInTime rule : access.justInTime()) {
      names.add(nameOf(rule));
    }
    access.authorities().forEach(one -> names.add(one.name()));
    return names;
  }

  private static String nameOf(JustInTime rule) throws IOException {
    String name = rule.name();
    return name == null ? subject(rule.ca()) : name;
  }

  /** What is wrong with the name of an authority that is none of the known ones; the remedy. */
  public static String unknown(String name, Set<String> known) {
    return "no authority \""
        + name
        + "\" in access.authorities or access.just-in-time; "
        + (known.isEmpty()
            ? "add it to access.authorities, or leave certificate-authority out"
            : NearestKey.remedy(name, known));
  }

  private static X509TrustManager trust(String key, Path ca) throws IOException {
    try {
      return TlsFiles.trustManager(PemFiles.certificates(ca));
    } catch (GeneralSecurityException e) {
      throw new IOException(key + ": " + ca + ": " + e.getMessage(), e);
    }
  }

  private static String subject(Path ca) throws IOException {
    return PemFiles.certificates(ca).getFirst().getSubjectX500Principal().getName();
  }

  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    all.forEach(authority -> names.add(authority.name()));
    return names;
  }

  public boolean hasJustInTime() {
    return !justInTime.isEmpty();
  }

  /** The authority that has signed the chain and registers devices; null where none has. */
  @Nullable
  public Authority justInTime(List<X509Certificate> chain) {
    for (Authority authority : justInTime) {
      if (isSignedBy(authority, chain)) {
        return authority;
      }
    }
    return null;
  }

  /**
   * Whether the chain may give the name of a registered device.
   *
   * @param bound name of the authority that the device is bound to, or null
   */
  public boolean mayName(Device device, @Nullable String bound, List<X509Certificate> chain) {
    if (bound != null) {
      return isSignedBy(bound, chain);
    }
    Authority authority = justInTime(chain);
    JustInTime rule = authority == null ? null : authority.rule();
    return rule == null
        || rule.admitRegistered()
        || (rule.sector().equals(device.sector()) && rule.site().equals(device.site()));
  }

  /** As {@link #mayName}, of a consumer. */
  public boolean mayNameConsumer(@Nullable String bound, List<X509Certificate> chain) {
    if (bound != null) {
      return isSignedBy(bound, chain);
    }
    Authority authority = justInTime(chain);
    return authority == null || (authority.rule() != null && authority.rule().admitRegistered());
  }

  private boolean isSignedBy(String name, List<X509Certificate> chain) {
    return all.stream()
        .anyMatch(authority -> authority.name().equals(name) && isSignedBy(authority, chain));
  }

  private static boolean isSignedBy(Authority authority, List<X509Certificate> chain) {
    try {
      authority
          .trust()
          .checkClientTrusted(
              chain.toArray(X509Certificate[]::new),
              chain.getFirst().getPublicKey().getAlgorithm());
      return true;
    } catch (CertificateException e) {
      return false; // of another authority
    }
  }
}
