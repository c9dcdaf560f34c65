package io.sluice.api.tls;

import java.util.List;

/** The cipher suites of every TLS listener, whoever does the cryptography. */
public final class TlsSuites {
  /**
   * Authenticated encryption with forward secrecy only (RFC 9325 section 4.2), the stronger half
   * for servers' AES instructions first; ChaCha20 is for microcontrollers without any. The first
   * three are of TLS 1.3, the others of TLS 1.2.
   */
  public static final List<String> ALL =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final String RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  private TlsSuites() {}

  /**
   * Has the JDK refuse renegotiation that clients begin (RFC 9325 section 3.5): each costs as much
   * as a handshake, and no limit counts them. It reads this once, so it must be called before the
   * first TLS connection of the process; BoringSSL refuses of its own. An operator's own value
   * stays.
   */
  public static void refuseRenegotiation() {
    if (System.getProperty(RENEGOTIATION) == null) {
      System.setProperty(RENEGOTIATION, "true");
    }
  }
}
