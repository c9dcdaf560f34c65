package io.sluice.sim.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate authority for simulated devices, and for nothing else: EC P-256, its key lies
 * beside it in a folder. The JDK has no public API that makes certificates, so these are put
 * together here (RFC 5280 section 4.1). Safe for use by any thread.
 */
public final class DeviceAuthority {
  private static final Duration AUTHORITY_LASTS = Duration.ofDays(3650);
  private static final Duration OTHERS_LAST = Duration.ofDays(365);
  private static final String ECDSA_WITH_SHA256 = "2A8648CE3D040302";
  private static final String BASIC_CONSTRAINTS = "551D13";
  private static final String KEY_USAGE = "551D0F";
  private static final String EXTENDED_KEY_USAGE = "551D25";
  private static final String ALTERNATIVE_NAME = "551D11";
  private static final String SERVER_AUTH = "2B06010505070301";
  private static final String CLIENT_AUTH = "2B06010505070302";
  private static final int SIGNS = 0x80;
  private static final int SIGNS_CERTIFICATES = 0x06;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A certificate and its key. */
  public record Identity(X509Certificate certificate, PrivateKey key) {}

  private final Identity own;

  private DeviceAuthority(Identity own) {
    this.own = own;
  }

  /** One that nobody trusts. */
  public static DeviceAuthority stranger() throws GeneralSecurityException {
    KeyPair keys = keys();
    X500Principal name = new X500Principal("CN=Sluice simulator,O=Test");
    return new DeviceAuthority(
        new Identity(
            sign(name, name, keys.getPublic(), keys.getPrivate(), AUTHORITY_LASTS, authority()),
            keys.getPrivate()));
  }

  /**
   * The authority in a folder; makes it where there is none: {@code ca.pem} and {@code ca.key}, and
   * for a gateway on this machine {@code server.pem} and {@code server.key}.
   *
   * @throws IOException says which file cannot be read or written, and why
   */
  public static DeviceAuthority open(Path folder) throws IOException {
    Path certificate = folder.resolve("ca.pem");
    Path key = folder.resolve("ca.key");
    try {
      if (Files.exists(certificate)) {
        return new DeviceAuthority(new Identity(certificates(certificate).getFirst(), key(key)));
      }
      Files.createDirectories(folder);
      DeviceAuthority made = stranger();
      Identity server = made.server();
      writeKey(key, made.own.key);
      writeKey(folder.resolve("server.key"), server.key);
      Files.writeString(
          folder.resolve("server.pem"), pem("CERTIFICATE", server.certificate.getEncoded()));
      Files.writeString(certificate, pem("CERTIFICATE", made.own.certificate.getEncoded()));
      return made;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          folder
              + ": ca.pem and ca.key are not those of the simulator ("
              + e.getMessage()
              + "); name another folder, or empty it",
          e);
    }
  }

  /** Certificates of a PEM file. */
  public static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> read = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (var one :
        factory.generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      read.add((X509Certificate) one);
    }
    if (read.isEmpty()) {
      throw new GeneralSecurityException(file + " has no certificate");
    }
    return read;
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text)));
  }

  private static void writeKey(Path file, PrivateKey key) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.deleteIfExists(file);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, pem("PRIVATE KEY", key.getEncoded()));
  }

  private static String pem(String what, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, body, what);
  }

  /** What those have to trust whom it signs for. */
  public X509Certificate certificate() {
    return own.certificate;
  }

  /** A new key, and a client's certificate for it. */
  public Identity client(String subject) throws GeneralSecurityException {
    KeyPair keys = keys();
    return signed(new X500Principal(subject), keys, extendedUse(CLIENT_AUTH));
  }

  /** A new key, and a certificate of a server on this machine. */
  private Identity server() throws GeneralSecurityException {
    byte[] names =
        DerBytes.sequence(
            DerBytes.tagged(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)),
            DerBytes.tagged(0x87, InetAddress.getLoopbackAddress().getAddress()));
    return signed(
        new X500Principal("CN=localhost"),
        keys(),
        extendedUse(SERVER_AUTH),
        extension(ALTERNATIVE_NAME, false, names));
  }

  private Identity signed(X500Principal subject, KeyPair keys, byte[]... more)
      throws GeneralSecurityException {
    byte[][] extensions = new byte[more.length + 2][];
    extensions[0] = extension(BASIC_CONSTRAINTS, true, DerBytes.sequence());
    extensions[1] = extension(KEY_USAGE, true, DerBytes.bits(7, (byte) SIGNS));
    System.arraycopy(more, 0, extensions, 2, more.length);
    return new Identity(
        sign(
            own.certificate.getSubjectX500Principal(),
            subject,
            keys.getPublic(),
            own.key,
            OTHERS_LAST,
            extensions),
        keys.getPrivate());
  }

  private static byte[][] authority() {
    return new byte[][] {
      extension(BASIC_CONSTRAINTS, true, DerBytes.sequence(DerBytes.truth())),
      extension(KEY_USAGE, true, DerBytes.bits(1, (byte) SIGNS_CERTIFICATES))
    };
  }

  private static byte[] extendedUse(String purpose) {
    return extension(EXTENDED_KEY_USAGE, false, DerBytes.sequence(DerBytes.oid(purpose)));
  }

  private static byte[] extension(String oid, boolean isCritical, byte[] value) {
    return isCritical
        ? DerBytes.sequence(DerBytes.oid(oid), DerBytes.truth(), DerBytes.octets(value))
        : DerBytes.sequence(DerBytes.oid(oid), DerBytes.octets(value));
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(
      X500Principal issuer,
      X500Principal subject,
      PublicKey key,
      PrivateKey by,
      Duration lasts,
      byte[]... extensions)
      throws GeneralSecurityException {
    Instant now = Instant.now();
    byte[] algorithm = DerBytes.sequence(DerBytes.oid(ECDSA_WITH_SHA256));
    byte[] content =
        DerBytes.sequence(
            DerBytes.tagged(0xA0, DerBytes.integer(BigInteger.TWO)), // version 3
            DerBytes.integer(new BigInteger(126, RANDOM).setBit(126)),
            algorithm,
            issuer.getEncoded(),
            DerBytes.sequence(
                DerBytes.time(now.minus(Duration.ofDays(1))), // a clock that is behind does no harm
                DerBytes.time(now.plus(lasts))),
            subject.getEncoded(),
            key.getEncoded(),
            DerBytes.tagged(0xA3, DerBytes.sequence(extensions)));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(by, RANDOM);
    signature.update(content);
    byte[] signed = DerBytes.sequence(content, algorithm, DerBytes.bits(0, signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(signed));
  }
}
