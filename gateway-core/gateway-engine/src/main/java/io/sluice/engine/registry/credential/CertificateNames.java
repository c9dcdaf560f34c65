package io.sluice.engine.registry.credential;

import io.sluice.api.tls.SubjectName;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The names in a certificate: its subject and its alternative names (RFC 5280 section 4.2.1.6). */
public final class CertificateNames {
  private static final int EMAIL = 1;
  private static final int DNS = 2;
  private static final int URI = 6;

  private CertificateNames() {}

  /** Each name by which a device may be registered, the subject first. */
  public static List<String> of(X509Certificate certificate) {
    List<String> names = new ArrayList<>(2);
    String subject = SubjectName.canonical(certificate.getSubjectX500Principal());
    if (!subject.isEmpty()) {
      names.add(subject);
    }
    for (List<?> name : alternatives(certificate)) {
      String kind = kind((Integer) name.get(0));
      if (kind != null) {
        names.add(alternative(kind + ':' + name.get(1)));
      }
    }
    return names;
  }

  private static Collection<List<?>> alternatives(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      return List.of(); // a name that cannot be read names nobody
    }
  }

  private static @Nullable String kind(int type) {
    return switch (type) {
      case EMAIL -> "email";
      case DNS -> "dns";
      case URI -> "uri";
      default -> null;
    };
  }

  /** An alternative name in canonical form: its kind and host names are case-insensitive. */
  public static String alternative(String name) {
    String kind = name.substring(0, name.indexOf(':')).toLowerCase(Locale.ROOT);
    String value = name.substring(name.indexOf(':') + 1);
    return "san:" + kind + ':' + (kind.equals("dns") ? value.toLowerCase(Locale.ROOT) : value);
  }

  /** The device that a certificate names by itself: its common name, else its first DNS name. */
  public static @Nullable String deviceId(X509Certificate certificate) {
    String commonName = attribute(certificate, "CN");
    if (commonName != null) {
      return commonName;
    }
    return alternatives(certificate).stream()
        .filter(name -> (Integer) name.get(0) == DNS)
        .map(name -> String.valueOf(name.get(1)))
        .findFirst()
        .orElse(null);
  }

  /** The first value of an attribute of the subject, or null. */
  public static @Nullable String attribute(X509Certificate certificate, String type) {
    try {
      LdapName subject =
          new LdapName(certificate.getSubjectX500Principal().getName(X500Principal.RFC2253));
      for (Rdn part : subject.getRdns()) {
        if (part.getType().equalsIgnoreCase(type) && part.getValue() instanceof String value) {
          return value;
        }
      }
      return null;
    } catch (InvalidNameException e) {
      throw new IllegalStateException("a principal's name is a distinguished name", e);
    }
  }
}
