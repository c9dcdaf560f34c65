package io.sluice.api.tls;

import java.util.Locale;

/** Why a TLS or DTLS handshake failed; the {@code reason} label of the metric. */
public enum HandshakeFault {
  /** The peer offers no cipher suite that the listener has. */
  NO_SUITE,
  /** The peer speaks no version that the listener has. */
  VERSION,
  /** A certificate that is not valid now: expired, or not yet valid. */
  EXPIRED,
  /** A certificate of no authority that the listener trusts. */
  UNKNOWN_CA,
  /** A certificate that a revocation list names. */
  REVOKED,
  /** No certificate was shown where one is needed. */
  NO_CERTIFICATE,
  /** A certificate that is refused for another reason. */
  BAD_CERTIFICATE,
  /** A raw public key that no device has. */
  UNKNOWN_KEY,
  /** A pre-shared key identity that no device has. */
  UNKNOWN_IDENTITY,
  /** The pre-shared key is not that of the identity. */
  WRONG_KEY,
  /** The peer ended the handshake with an alert. */
  REFUSED_BY_PEER,
  /** A ClientHello that cannot be read. */
  UNREADABLE,
  /** None of these; the detail says what. */
  OTHER;

  private final String label = "tls-" + name().toLowerCase(Locale.ROOT).replace('_', '-');

  public String label() {
    return label;
  }
}
