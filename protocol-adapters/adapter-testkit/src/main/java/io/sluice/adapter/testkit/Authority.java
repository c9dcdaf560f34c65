package io.sluice.adapter.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A certificate authority for tests, made with the {@code openssl} command. */
public final class Authority {
  private static final String CONFIGURATION =
      """
      [ca]
      default_ca=own
      [own]
      database=DIRECTORY/index.txt
      new_certs_dir=DIRECTORY
      serial=DIRECTORY/serial
      crlnumber=DIRECTORY/crlnumber
      certificate=DIRECTORY/ca.pem
      private_key=DIRECTORY/ca.key
      default_md=sha256
      default_days=30
      default_crl_days=30
      policy=any
      unique_subject=no
      preserve=yes
      [any]
      commonName=optional
      organizationName=optional
      organizationalUnitName=optional
      [root]
      basicConstraints=critical,CA:true
      keyUsage=critical,keyCertSign,cRLSign
      subjectKeyIdentifier=hash
      """;

  /** A certificate and its key, as PEM files. */
  public record Signed(Path certificate, Path key) {}

  /** Kinds of key, as options of {@code openssl genpkey}. */
  public static final List<String> EC =
      List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");

  public static final List<String> P521 =
      List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521");
  public static final List<String> RSA =
      List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048");
  public static final List<String> RSA_1024 =
      List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024");
  public static final List<String> ED25519 = List.of("-algorithm", "ED25519");

  private static final String LOCALHOST =
      "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1";

  private final Path directory;
  private int number;

  private Authority(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes the authority's own certificate (EC P-256) in a new directory. All have the same name, as
   * an authority whose key was renewed.
   */
  public static Authority create(Path directory) throws IOException {
    Authority authority = prepared(directory);
    authority.openssl(
        "req",
        "-x509",
        "-new",
        "-key",
        "ca.key",
        "-out",
        "ca.pem",
        "-days",
        "30",
        "-config",
        "ca.cnf",
        "-extensions",
        "root",
        "-subj",
        "/O=Sluice tests/CN=Test authority");
    return authority;
  }

  private static Authority prepared(Path directory) throws IOException {
    Files.createDirectories(directory);
    Authority authority = new Authority(directory);
    Files.writeString(
        directory.resolve("ca.cnf"), CONFIGURATION.replace("DIRECTORY", directory.toString()));
    Files.writeString(directory.resolve("index.txt"), "");
    Files.writeString(directory.resolve("serial"), "1000\n");
    Files.writeString(directory.resolve("crlnumber"), "1000\n");
    authority.key("ca", EC);
    return authority;
  }

  /** An authority below this one, of another name; its certificate does not stand by itself. */
  public Authority intermediate(Path below, String subject) throws IOException {
    Authority lower = prepared(below);
    lower.openssl(
        "req", "-new", "-key", "ca.key", "-out", "ca.csr", "-config", "ca.cnf", "-subj", subject);
    openssl(
        "ca",
        "-batch",
        "-preserveDN",
        "-notext",
        "-config",
        "ca.cnf",
        "-extensions",
        "root",
        "-in",
        below.resolve("ca.csr").toString(),
        "-out",
        below.resolve("ca.pem").toString());
    return lower;
  }

  /** The authority's own certificate. */
  public Path certificate() {
    return directory.resolve("ca.pem");
  }

  /** A certificate of a server that is reached as localhost and 127.0.0.1. */
  public Signed server() throws IOException {
    return server(EC);
  }

  /**
   * The same with another kind of key.
   *
   * @param key options of {@code openssl genpkey}: {@link #EC}, {@link #RSA}, {@link #ED25519}
   */
  public Signed server(List<String> key) throws IOException {
    return sign("/CN=localhost", "serverAuth", LOCALHOST, key, List.of());
  }

  /**
   * The same with other times.
   *
   * @param begin and {@code end} as openssl has them: {@code 20200101000000Z}
   */
  public Signed server(String begin, String end) throws IOException {
    return sign(
        "/CN=localhost",
        "serverAuth",
        LOCALHOST,
        EC,
        List.of("-startdate", begin, "-enddate", end));
  }

  /** A certificate of a server, as {@link #server()}, that shows it to other servers as well. */
  public Signed peer() throws IOException {
    return sign("/CN=localhost", "serverAuth,clientAuth", LOCALHOST, EC, List.of());
  }

  /**
   * A client's certificate.
   *
   * @param subject in openssl's form: {@code /CN=press-07/OU=vibration-sensor}
   */
  public Signed client(String subject) throws IOException {
    return client(subject, EC);
  }

  /** The same with another kind of key. */
  public Signed client(String subject, List<String> key) throws IOException {
    return sign(subject, "clientAuth", "", key, List.of());
  }

  /**
   * A client's certificate with an alternative name.
   *
   * @param alternativeName in openssl's form: {@code DNS:press-07}, {@code URI:urn:dev:press-07}
   */
  public Signed client(String subject, String alternativeName) throws IOException {
    return sign(subject, "clientAuth", "subjectAltName=" + alternativeName, EC, List.of());
  }

  /**
   * The same with other times.
   *
   * @param begin and {@code end} as openssl has them: {@code 20200101000000Z}
   */
  public Signed client(String subject, String begin, String end) throws IOException {
    return sign(subject, "clientAuth", "", EC, List.of("-startdate", begin, "-enddate", end));
  }

  private Signed sign(
      String subject, String usage, String more, List<String> key, List<String> times)
      throws IOException {
    String name = "cert-" + ++number;
    key(name, key);
    Files.writeString(
        directory.resolve(name + ".ext"),
        "basicConstraints=CA:false\nkeyUsage=digitalSignature\nextendedKeyUsage="
            + usage
            + "\n"
            + more
            + "\n");
    openssl(
        "req",
        "-new",
        "-key",
        name + ".key",
        "-out",
        name + ".csr",
        "-config",
        "ca.cnf",
        "-subj",
        subject);
    List<String> signing =
        new ArrayList<>(
            List.of(
                "ca",
                "-batch",
                "-preserveDN",
                "-notext",
                "-config",
                "ca.cnf",
                "-in",
                name + ".csr",
                "-out",
                name + ".pem",
                "-extfile",
                name + ".ext"));
    signing.addAll(times);
    openssl(signing.toArray(String[]::new));
    return new Signed(directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
  }

  private void key(String name, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of("genpkey"));
    command.addAll(options);
    command.addAll(List.of("-out", name + ".key"));
    openssl(command.toArray(String[]::new));
  }

  /** Revokes a certificate of this authority. */
  public void revoke(Signed signed) throws IOException {
    openssl("ca", "-config", "ca.cnf", "-revoke", signed.certificate().toString());
  }

  /** Writes the list of what was revoked so far. */
  public Path revocationList(Path file) throws IOException {
    openssl("ca", "-config", "ca.cnf", "-gencrl", "-out", file.toString());
    return file;
  }

  /** The same with other times, as openssl has them: {@code 20200101000000Z}. */
  public Path revocationList(Path file, String begin, String end) throws IOException {
    openssl(
        "ca",
        "-config",
        "ca.cnf",
        "-gencrl",
        "-crl_lastupdate",
        begin,
        "-crl_nextupdate",
        end,
        "-out",
        file.toString());
    return file;
  }

  /** Writes an OCSP response (DER) about a certificate of this authority. */
  public Path ocspResponse(Signed signed, Path file) throws IOException {
    openssl(
        "ocsp",
        "-index",
        "index.txt",
        "-CA",
        "ca.pem",
        "-rsigner",
        "ca.pem",
        "-rkey",
        "ca.key",
        "-issuer",
        "ca.pem",
        "-cert",
        signed.certificate().toString(),
        "-ndays",
        "7",
        "-respout",
        file.toString());
    return file;
  }

  private void openssl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(directory, "openssl", ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(
            command + " failed: " + Files.readString(output, StandardCharsets.UTF_8));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Files.delete(output);
    }
  }
}
