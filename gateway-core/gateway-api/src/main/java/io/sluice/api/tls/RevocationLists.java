package io.sluice.api.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLReason;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Revocation lists (RFC 5280 section 5) of the client authorities. A list counts only with its
 * authority's signature. Thread-safe.
 *
 * <p>What a list names is revoked, also after the list's end: a list that nobody renews must not
 * let in again whom it kept out. Whether the others of its authority are then let in is the {@link
 * CrlPolicy}.
 */
public final class RevocationLists {
  /** No list: nobody is revoked. */
  public static final RevocationLists NONE =
      new RevocationLists(List.of(), List.of(), CrlPolicy.WARN);

  private final List<X509Certificate> authorities;
  private final List<Signed> lists;
  private final CrlPolicy policy;

  /** A list, and whose signature it was found to have. */
  private static final class Signed {
    private final X509CRL list;

    /** The key that has signed it; null until an intermediate authority's has been found. */
    private volatile @Nullable PublicKey signer;

    private Signed(X509CRL list, @Nullable PublicKey signer) {
      this.list = list;
      this.signer = signer;
    }

    boolean isOf(X500Principal authority) {
      return list.getIssuerX500Principal().equals(authority);
    }

    boolean isSignedBy(X509Certificate authority) {
      PublicKey key = authority.getPublicKey();
      if (key.equals(signer)) {
        return true;
      }
      if (!isOf(authority.getSubjectX500Principal()) || !verifies(list, key)) {
        return false;
      }
      signer = key;
      return true;
    }
  }

  private RevocationLists(List<X509Certificate> authorities, List<Signed> lists, CrlPolicy policy) {
    this.authorities = List.copyOf(authorities);
    this.lists = List.copyOf(lists);
    this.policy = policy;
  }

  /**
   * Reads the lists of a file and verifies each against its authority.
   *
   * @param authorities of the listener's clients
   * @throws IOException where a list does not have the signature of its authority, or none of them
   *     is of these authorities; the message names the file and the remedy
   */
  static RevocationLists read(Path file, List<X509Certificate> authorities, CrlPolicy policy)
      throws IOException {
    List<Signed> lists = new ArrayList<>();
    boolean isAnyKnown = false;
    for (X509CRL list : PemFiles.revocationLists(file)) {
      X500Principal issuer = list.getIssuerX500Principal();
      List<X509Certificate> named =
          authorities.stream().filter(a -> a.getSubjectX500Principal().equals(issuer)).toList();
      PublicKey signer =
          named.stream()
              .map(X509Certificate::getPublicKey)
              .filter(key -> verifies(list, key))
              .findFirst()
              .orElse(null);
      if (signer == null && !named.isEmpty()) {
        throw new IOException(
            "%s: the revocation list of %s does not have the signature of that authority in client-ca; make the list anew with its present key, or put the authority's present certificate into client-ca"
                .formatted(file, issuer.getName()));
      }
      isAnyKnown |= signer != null;
      lists.add(new Signed(list, signer));
    }
    if (!isAnyKnown) {
      throw new IOException(
          "%s: no list in it is of an authority in client-ca (it has those of %s): nobody would be revoked; give the lists of these authorities, or add theirs to client-ca"
              .formatted(file, names(lists)));
    }
    return new RevocationLists(authorities, lists, policy);
  }

  private static String names(List<Signed> lists) {
    return String.join(
        "; ",
        lists.stream().map(s -> s.list.getIssuerX500Principal().getName()).distinct().toList());
  }

  private static boolean verifies(X509CRL list, PublicKey key) {
    try {
      list.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false; // of another key, or of another kind of key
    }
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return lists.isEmpty();
  }

  /**
   * The first certificate of a chain that a list names, or null.
   *
   * @param chain that was verified, in any order, with or without its last authority
   */
  public @Nullable X509Certificate revoked(List<X509Certificate> chain) {
    for (X509Certificate certificate : chain) {
      for (Signed signed : lists) {
        if (signed.isOf(certificate.getIssuerX500Principal())
            && names(signed.list, certificate)
            && isSigned(signed, chain)) {
          return certificate;
        }
      }
    }
    return null;
  }

  private static boolean names(X509CRL list, X509Certificate certificate) {
    X509CRLEntry entry = list.getRevokedCertificate(certificate);
    return entry != null && entry.getRevocationReason() != CRLReason.REMOVE_FROM_CRL;
  }

  private boolean isSigned(Signed signed, List<X509Certificate> chain) {
    return authorities.stream().anyMatch(signed::isSignedBy)
        || chain.stream().anyMatch(signed::isSignedBy);
  }

  /** Adds the check of RFC 5280 section 6.3.3 to the building of paths. */
  void addTo(PKIXBuilderParameters parameters) throws GeneralSecurityException {
    if (isEmpty()) {
      return;
    }
    List<X509CRL> all = lists.stream().map(signed -> signed.list).toList();
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(all)));
    PKIXRevocationChecker checker =
        (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
    Set<Option> options = EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK);
    if (policy == CrlPolicy.WARN) {
      options.add(Option.SOFT_FAIL);
    }
    checker.setOptions(options);
    parameters.addCertPathChecker(checker);
  }

  /** When the first authority's latest list ends; null where there is no list, or none ends. */
  public @Nullable Instant expiry() {
    Instant first = null;
    for (X500Principal issuer : issuers()) {
      Instant end = end(issuer);
      if (end != null && (first == null || end.isBefore(first))) {
        first = end;
      }
    }
    return first;
  }

  private Set<X500Principal> issuers() {
    Set<X500Principal> issuers = new LinkedHashSet<>();
    lists.forEach(signed -> issuers.add(signed.list.getIssuerX500Principal()));
    return issuers;
  }

  /** When the latest list of an authority ends; null where one has no end. */
  private @Nullable Instant end(X500Principal issuer) {
    Instant latest = null;
    for (Signed signed : lists) {
      if (signed.isOf(issuer)) {
        if (signed.list.getNextUpdate() == null) {
          return null;
        }
        Instant end = signed.list.getNextUpdate().toInstant();
        latest = latest == null || end.isAfter(latest) ? end : latest;
      }
    }
    return latest;
  }

  /** What the operator has to know about the lists at this moment: each what and its remedy. */
  Collection<TlsWarning> warnings(Instant now) {
    List<TlsWarning> warnings = new ArrayList<>();
    if (isEmpty()) {
      return warnings;
    }
    boolean isBroken = policy == CrlPolicy.STRICT;
    String effect =
        policy == CrlPolicy.STRICT
            ? "no certificate of it is let in (crl-policy: strict)"
            : "what was revoked since is let in";
    for (X500Principal issuer : issuers()) {
      String name = issuer.getName();
      Instant end = end(issuer);
      if (authorities.stream().noneMatch(a -> a.getSubjectX500Principal().equals(issuer))) {
        warnings.add(
            new TlsWarning(
                "the revocation list of "
                    + name
                    + " is of no authority in client-ca: it counts only where clients send that"
                    + " authority's certificate",
                "add the authority to client-ca, or take the list out"));
      }
      if (end != null && !end.isAfter(now)) {
        warnings.add(
            new TlsWarning(
                "the revocation list of " + name + " ended on " + end + ": " + effect,
                "renew it, and mend the job that should have",
                isBroken));
      } else if (isAhead(issuer, now)) {
        warnings.add(
            new TlsWarning(
                "the revocation list of " + name + " begins in the future: " + effect,
                "set the clock of this machine or of the authority right",
                isBroken));
      }
    }
    Set<X500Principal> issuers = issuers();
    for (X509Certificate authority : authorities) {
      X500Principal name = authority.getSubjectX500Principal();
      if (!issuers.contains(name)) {
        warnings.add(
            new TlsWarning(
                "the authority "
                    + name.getName()
                    + " of client-ca has no revocation list: "
                    + (policy == CrlPolicy.STRICT
                        ? "no certificate of it is let in (crl-policy: strict)"
                        : "none of its certificates can be revoked by one"),
                "add its list to crl",
                isBroken));
      }
    }
    return warnings;
  }

  private boolean isAhead(X500Principal issuer, Instant now) {
    return lists.stream()
        .filter(signed -> signed.isOf(issuer))
        .allMatch(signed -> signed.list.getThisUpdate().toInstant().isAfter(now));
  }
}
