package io.sluice.api;

import org.jspecify.annotations.Nullable;

/** What a peer shows to be admitted. */
public sealed interface Credentials {
  /**
   * A user name with a password. A user name that is no device id and comes without a password is
   * looked up as a token. The receiver may overwrite the password's bytes.
   */
  record Password(String userName, byte @Nullable [] password) implements Credentials {
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

  /** A certificate subject that the transport has verified. */
  record CertificateSubject(String subject) implements Credentials {}

  /** Nothing, or only a name. */
  record Anonymous(@Nullable String claimed) implements Credentials {}
}
