package io.sluice.api.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CRL;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates, keys and revocation lists from PEM files (RFC 7468). Every fault is an {@link
 * IOException} whose message names the file and the remedy.
 */
public final class PemFiles {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS");

  /** AlgorithmIdentifier of RSA, RFC 8017 appendix A.1. */
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

  /** The OID id-ecPublicKey, RFC 5480 section 2.1.1. */
  private static final byte[] EC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");

  private PemFiles() {}

  /** The certificates, in the order of the file; at least one. Keys may stand between them. */
  public static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    try (InputStream in = only(file, "CERTIFICATE")) {
      for (Certificate found : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        certificates.add((X509Certificate) found);
      }
    } catch (CertificateException e) {
      requireNoKeyAlone(file);
      throw new IOException(file + " holds a certificate that cannot be read; write it anew", e);
    }
    if (certificates.isEmpty()) {
      requireNoKeyAlone(file);
      throw new IOException(
          file + " holds no certificate; it must begin with -----BEGIN CERTIFICATE-----");
    }
    return List.copyOf(certificates);
  }

  private static void requireNoKeyAlone(Path file) throws IOException {
    try (InputStream in = open(file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      if (text.contains("PRIVATE KEY-----") && !text.contains("BEGIN CERTIFICATE-----")) {
        throw new IOException(
            file + " holds a private key and no certificate; are the two files exchanged?");
      }
    }
  }

  /** The revocation lists, PEM or DER; at least one. */
  public static List<X509CRL> revocationLists(Path file) throws IOException {
    List<X509CRL> lists = new ArrayList<>();
    try (InputStream in = only(file, "X509 CRL")) {
      for (CRL found : CertificateFactory.getInstance("X.509").generateCRLs(in)) {
        lists.add((X509CRL) found);
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds a revocation list that cannot be read", e);
    }
    if (lists.isEmpty()) {
      throw new IOException(
          file + " holds no revocation list; it must begin with -----BEGIN X509 CRL-----");
    }
    return List.copyOf(lists);
  }

  /** The first private key: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC), not encrypted. */
  public static PrivateKey privateKey(Path file) throws IOException {
    String text;
    try (InputStream in = open(file)) {
      text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
    Matcher block = BLOCK.matcher(text);
    byte[] curve = {};
    while (block.find()) {
      byte[] der = Base64.getMimeDecoder().decode(block.group(2));
      switch (block.group(1)) {
        case "PRIVATE KEY" -> {
          return key(file, der);
        }
        case "RSA PRIVATE KEY" -> {
          return key(file, pkcs8(RSA, der));
        }
        case "EC PARAMETERS" -> curve = der;
        case "EC PRIVATE KEY" -> {
          return key(file, pkcs8(der(0x30, EC_KEY, curve.length > 0 ? curve : curveIn(der)), der));
        }
        default -> {
          // a certificate may stand in the same file
        }
      }
    }
    if (text.contains("ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED")) {
      throw new IOException(
          file
              + " holds an encrypted key; write it without passphrase: openssl pkey -in OLD -out"
              + " NEW, and keep it readable by the gateway alone");
    }
    if (text.contains("-----BEGIN CERTIFICATE-----")) {
      throw new IOException(
          file + " holds a certificate and no private key; are the two files exchanged?");
    }
    throw new IOException(
        file + " holds no private key; it must begin with -----BEGIN PRIVATE KEY-----");
  }

  /**
   * A public key from its SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
   *
   * @throws InvalidKeySpecException where the bytes are none
   */
  public static PublicKey publicKey(byte[] spki) throws InvalidKeySpecException {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(spki));
      } catch (GeneralSecurityException e) {
        // the form does not tell its algorithm beforehand: the next one is tried
      }
    }
    throw new InvalidKeySpecException("no EC, RSA or EdDSA key in SubjectPublicKeyInfo form");
  }

  /**
   * The blocks of one label, where all that begin are whole; else the file as it is (DER, PKCS#7,
   * or a fault that the reader is to name).
   */
  private static InputStream only(Path file, String label) throws IOException {
    byte[] whole;
    try (InputStream in = open(file)) {
      whole = in.readAllBytes();
    }
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    String begin = "-----BEGIN " + label + "-----";
    int begun = text.split(begin, -1).length - 1;
    StringBuilder blocks = new StringBuilder();
    int found = 0;
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      if (block.group(1).equals(label)) {
        blocks.append(block.group()).append('\n');
        found++;
      }
    }
    return new ByteArrayInputStream(
        found > 0 && found == begun
            ? blocks.toString().getBytes(StandardCharsets.ISO_8859_1)
            : whole);
  }

  private static InputStream open(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no " + file + "; make it, or mend the path", e);
    } catch (java.nio.file.AccessDeniedException e) {
      throw new IOException(file + " may not be read by the gateway's user; chown it", e);
    }
  }

  private static PrivateKey key(Path file, byte[] pkcs8) throws IOException {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        // the form does not tell its algorithm beforehand: the next one is tried
      }
    }
    throw new IOException(file + " holds a key that is neither RSA, EC nor EdDSA");
  }

  /** PrivateKeyInfo, RFC 5208 section 5. */
  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return der(0x30, new byte[] {2, 1, 0}, algorithm, der(0x04, key));
  }

  /** The parameters [0] of an ECPrivateKey, RFC 5915 section 3. */
  private static byte[] curveIn(byte[] ecPrivateKey) {
    for (int i = 0; i + 3 < ecPrivateKey.length; i++) {
      int length = ecPrivateKey[i + 1];
      boolean isNamedCurve =
          ecPrivateKey[i] == (byte) 0xA0
              && ecPrivateKey[i + 2] == 6
              && length > 2
              && ecPrivateKey[i + 3] == length - 2
              && i + 2 + length <= ecPrivateKey.length;
      if (isNamedCurve) {
        return java.util.Arrays.copyOfRange(ecPrivateKey, i + 2, i + 2 + length);
      }
    }
    return new byte[0];
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length > 255) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length > 127) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
