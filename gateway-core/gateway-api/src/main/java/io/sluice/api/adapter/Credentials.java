package io.sluice.api.adapter;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a peer shows to be admitted. */
public sealed interface Credentials {
  /**
   * A user name with a password. A user name that is no device id and comes without a password is
   * looked up as a token. The receiver may overwrite the password's bytes.
   *
   * @param clientId of the protocol, where vendors put a part of their sign-in; or null
   */
  record Password(String userName, byte @Nullable [] password, @Nullable String clientId)
      implements Credentials {
    /** Without a client id. */
    public Password(String userName, byte @Nullable [] password) {
      this(userName, password, null);
    }

    @Override
    public String toString() {
      return "Password[" + userName + "]";
    }
  }

  /** A token, with the device id that the peer claims, if it claims one. */
  record Token(@Nullable String device, String token) implements Credentials {
    @Override
    public String toString() {
      return "Token[" + device + "]";
    }
  }

  /** A pre-shared key identity that the transport has verified. */
  record PskIdentity(String identity) implements Credentials {}

  /**
   * A certificate whose chain the transport has verified against the authorities of its listener.
   *
   * @param chain the peer's own first
   */
  record Certificate(List<X509Certificate> chain) implements Credentials {
    public Certificate {
      chain = List.copyOf(chain);
    }

    @Override
    public String toString() {
      return "Certificate[" + chain.getFirst().getSubjectX500Principal() + "]";
    }
  }

  /**
   * A raw public key (RFC 7250) whose private key the peer has proved to hold.
   *
   * @param subjectPublicKeyInfo in DER
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record RawPublicKey(byte[] subjectPublicKeyInfo) implements Credentials {}

  /**
   * A message that the peer has signed by its device's secret: HMAC-SHA256 with the secret's UTF-8
   * as the key.
   *
   * @param device that the peer claims to be
   * @param message what was signed
   * @param signature of the message
   * @param signedMillis the time that the message names, milliseconds since the epoch
   * @param windowMillis how far that may be from the gateway's clock
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Signed(
      String device, byte[] message, byte[] signature, long signedMillis, long windowMillis)
      implements Credentials {
    @Override
    public String toString() {
      return "Signed[" + device + "]";
    }
  }

  /** Nothing, or only a name. */
  record Anonymous(@Nullable String claimed) implements Credentials {}
}
