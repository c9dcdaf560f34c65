package io.sluice.api.operator;

import io.sluice.api.adapter.TrustedProxies;
import io.sluice.api.config.Bytes;
import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsProbe;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The admin listener: HTTP API, metrics, dashboard. */
public record AdminSettings(
    @Option(
            doc =
                "Address to bind. Beyond loopback it wants authentication (token, tokens or"
                    + " clients) and tls.",
            def = "127.0.0.1")
        String host,
    @Option(
            doc = "TCP port; 0 takes a free one, which the ready line names.",
            def = "8080",
            min = 0,
            max = 65_535)
        int port,
    @Option(
            doc =
                "Bearer token of the user \"admin\", an administrator, of 16 characters and more."
                    + " Once there is any, every request has to carry one, but for /health, /api/v1/notice and"
                    + " the page's own files.",
            pattern = "\\S{16,}",
            hint = "take a long random one of 16 characters or more: openssl rand -base64 24")
        @Nullable Secret token,
    @Option(doc = "Further bearer tokens, made by: sluice admin-token --name NAME --role ROLE.")
        List<Token> tokens,
    @Option(
            doc =
                "What it shows, and whose certificates it takes (client-ca): HTTPS. The JDK does its"
                    + " cryptography whatever provider says; ocsp-response means nothing here.")
        @Nullable TlsSettings tls,
    @Option(doc = "Roles of client certificates; wants tls.client-ca.") List<Client> clients,
    @Option(
            doc =
                "Names by which browsers may reach it, beside loopback and host: a request without"
                    + " a token is refused under any other (DNS rebinding).")
        List<String> allowedHosts,
    @Option(
            doc =
                "Lets it listen beyond loopback without TLS, for example behind a reverse proxy on"
                    + " a trusted network. Tokens then cross the network in the clear.",
            def = "false")
        boolean allowPlaintextBeyondLoopback,
    @Option(
            doc =
                "Lets it listen beyond loopback without authentication: everyone who reaches it is"
                    + " an administrator.",
            def = "false")
        boolean allowAnonymousBeyondLoopback,
    @Option(
            doc =
                "Memory for the last values that the Devices page shows. A number with its sparkline"
                    + " takes about 1.3 KB when full; the devices that were silent longest are"
                    + " forgotten first, until they report again.",
            def = "24MB",
            min = 64 << 10,
            max = 1L << 40)
        Bytes latestBytes,
    @Option(
            doc =
                "Shown before anybody signs in: on the page's sign-in form, by sluice status, and at"
                    + " /api/v1/notice. For the notice that law or company rules want (IEC 62443-4-2"
                    + " CR 1.12).",
            pattern = "[\\s\\S]{1,4000}",
            hint = "write up to 4,000 characters")
        @Nullable String notice,
    @Option(
            doc = "The page signs out by itself after so long without a key or pointer; 0s: never.",
            def = "15m",
            min = 0,
            max = 86_400_000)
        Duration signOutAfter,
    @Option(
            doc =
                "What a request has to show: any (a token or a client certificate) or both (IEC"
                    + " 62443-4-2 CR 1.1 RE 2: two factors); of two roles the lesser one counts.",
            def = "any")
        Require require,
    @Option(
            doc =
                "Addresses and networks of proxies and balancers before this listener: their"
                    + " connections must begin with a header of the PROXY protocol, version 1 or 2;"
                    + " audit log and limits have the address that it names.",
            hint = "a list of addresses and networks, like [ 192.0.2.7, 10.0.0.0/8 ]")
        List<String> proxyProtocolFrom)
    implements Checked {

  /** What a request has to show. */
  public enum Require {
    ANY,
    BOTH
  }

  /** With no proxy before it. */
  public AdminSettings(
      String host,
      int port,
      @Nullable Secret token,
      List<Token> tokens,
      @Nullable TlsSettings tls,
      List<Client> clients,
      List<String> allowedHosts,
      boolean allowPlaintextBeyondLoopback,
      boolean allowAnonymousBeyondLoopback,
      Bytes latestBytes,
      @Nullable String notice,
      Duration signOutAfter,
      Require require) {
    this(
        host,
        port,
        token,
        tokens,
        tls,
        clients,
        allowedHosts,
        allowPlaintextBeyondLoopback,
        allowAnonymousBeyondLoopback,
        latestBytes,
        notice,
        signOutAfter,
        require,
        List.of());
  }

  /** With any one factor, no notice, and the default time, for tests and tools. */
  public AdminSettings(
      String host,
      int port,
      @Nullable Secret token,
      List<Token> tokens,
      @Nullable TlsSettings tls,
      List<Client> clients,
      List<String> allowedHosts,
      boolean allowPlaintextBeyondLoopback,
      boolean allowAnonymousBeyondLoopback,
      Bytes latestBytes) {
    this(
        host,
        port,
        token,
        tokens,
        tls,
        clients,
        allowedHosts,
        allowPlaintextBeyondLoopback,
        allowAnonymousBeyondLoopback,
        latestBytes,
        null,
        SIGN_OUT_AFTER,
        Require.ANY);
  }

  /** A bearer token, as the configuration keeps it. */
  public record Token(
      @Option(
              doc = "Whose it is; stands in the audit trail.",
              required = true,
              pattern = "[A-Za-z0-9._@-]{1,64}")
          String name,
      @Option(doc = "What it may do: viewer, operator or administrator.", required = true)
          AdminRole role,
      @Option(
              doc =
                  "SHA-256 of the token. A fast hash is enough: the token has 256 random bits, so"
                      + " that nobody can try them.",
              required = true,
              pattern = "sha256:[0-9a-f]{64}",
              hint = "make one by: sluice admin-token --name NAME --role ROLE")
          String hash) {}

  /** A client certificate. */
  public record Client(
      @Option(doc = "Its subject: CN=anna,O=Plant A.", required = true) String subject,
      @Option(doc = "What it may do: viewer, operator or administrator.", required = true)
          AdminRole role)
      implements Checked {
    @Override
    public List<Problem> problems() {
      try {
        new X500Principal(subject);
        return List.of();
      } catch (IllegalArgumentException e) {
        return List.of(
            new Problem("subject", "is no distinguished name; write it like CN=anna,O=Plant A"));
      }
    }
  }

  private static final long LATEST_BYTES = 24 << 20;
  private static final Duration SIGN_OUT_AFTER = Duration.ofMinutes(15);

  public AdminSettings {
    tokens = List.copyOf(tokens);
    clients = List.copyOf(clients);
    allowedHosts = List.copyOf(allowedHosts);
    proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
  }

  /** Plain HTTP with that token, for tests and tools. */
  public static AdminSettings of(String host, int port, @Nullable String token) {
    return new AdminSettings(
        host,
        port,
        token == null ? null : new Secret(token),
        List.of(),
        null,
        List.of(),
        List.of(),
        false,
        false,
        new Bytes(LATEST_BYTES));
  }

  @Override
  public List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(0);
    proxyProtocolFrom.stream()
        .map(TrustedProxies::fault)
        .filter(Objects::nonNull)
        .forEach(fault -> problems.add(new Problem("proxy-protocol-from", fault)));
    Set<String> names = new HashSet<>();
    for (Token one : tokens) {
      if (!names.add(one.name())) {
        problems.add(
            new Problem("tokens", "has \"" + one.name() + "\" twice; give each its own name"));
      }
    }
    if (!clients.isEmpty() && (tls == null || tls.clientCa() == null)) {
      problems.add(
          new Problem("clients", "has no effect without tls.client-ca; add the authority"));
    }
    if (!isLoopback()) {
      checkOpen(problems);
    }
    if (require == Require.BOTH && (clients.isEmpty() || (token == null && tokens.isEmpty()))) {
      problems.add(
          new Problem(
              "require",
              "is both, but there are no "
                  + (clients.isEmpty() ? "clients" : "tokens")
                  + ": nobody could sign in; add them, or write any"));
    }
    if (tls != null) {
      checkServed(tls, problems);
    }
    return problems;
  }

  private static void checkServed(TlsSettings tls, List<Problem> problems) {
    try {
      TlsProbe.tryJdk(tls, TlsFiles.read(tls));
    } catch (IOException e) {
      problems.add(new Problem("tls.certificate", String.valueOf(e.getMessage())));
    }
  }

  private void checkOpen(List<Problem> problems) {
    if (!isAuthenticated() && !allowAnonymousBeyondLoopback) {
      problems.add(
          new Problem(
              "host",
              "\""
                  + host
                  + "\" can be reached from other machines and no token is set; set admin.token"
                  + " (or token-file) or admin.tokens, or bind 127.0.0.1"));
    }
    if (tls == null && !allowPlaintextBeyondLoopback) {
      problems.add(
          new Problem(
              "host",
              "\""
                  + host
                  + "\" can be reached from other machines and tls is missing; give admin.tls a"
                  + " certificate and key, bind 127.0.0.1, or write"
                  + " allow-plaintext-beyond-loopback: true"));
    }
  }

  /** Whether anyone has to show who he is. */
  public boolean isAuthenticated() {
    return token != null || !tokens.isEmpty() || !clients.isEmpty();
  }

  /** By its spelling, so that no name server decides about who gets in. */
  public boolean isLoopback() {
    return isLoopback(host);
  }

  /** Whether what is sent there is encrypted, or stays on this machine. */
  public static boolean isSafe(URI url) {
    return url.getHost() != null
        && ("https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && isLoopback(url.getHost())));
  }

  /** Whether a host name is one of this machine's alone, by its spelling. */
  public static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.equals("::1")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }
}
