package io.sluice.adapter.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import io.sluice.api.config.Checked.Problem;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsProbe;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsSettings.TlsProvider;
import io.sluice.api.tls.TlsSuites;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the TLS context of certificate files, and tries it by a handshake in memory before it is
 * used, unless its key is a usual one: OpenSSL reads keys that it cannot serve. With provider auto
 * such files are served by the JDK.
 */
public final class TlsContexts {
  /**
   * A context that was tried.
   *
   * @param fallback why it is not by OpenSSL, where it should have been; else null
   */
  public record Tried(SslContext context, SslProvider provider, @Nullable String fallback) {
    /** As the log names it. */
    public String providerName() {
      return provider == SslProvider.JDK ? "jdk" : "openssl";
    }
  }

  private static final int MAX_CAUSES = 8;

  private TlsContexts() {}

  /** What is wrong with a listener's files that they show only in a handshake. */
  public static List<Problem> problems(@Nullable TlsSettings settings) {
    if (settings == null) {
      return List.of();
    }
    try {
      ReferenceCountUtil.release(make(settings, TlsFiles.read(settings), List.of()).context());
      return List.of();
    } catch (IOException e) {
      return List.of(new Problem("tls.certificate", String.valueOf(e.getMessage())));
    }
  }

  /**
   * Makes the context of files that were read.
   *
   * @param protocols what a client may choose from by ALPN; empty: nothing is said of it
   * @throws IOException where no handshake comes about; the message says why and names the remedy
   */
  public static Tried make(TlsSettings settings, TlsFiles files, List<String> protocols)
      throws IOException {
    boolean isNativeThere = OpenSsl.isAvailable();
    if (settings.provider() == TlsProvider.OPENSSL && !isNativeThere) {
      throw new IOException("provider: no native TLS library for this machine; write auto or jdk");
    }
    if (settings.provider() == TlsProvider.JDK || !isNativeThere) {
      return byJdk(settings, files, protocols, null);
    }
    try {
      return new Tried(
          tried(settings, files, protocols, SslProvider.OPENSSL), SslProvider.OPENSSL, null);
    } catch (IOException e) {
      if (settings.provider() == TlsProvider.OPENSSL) {
        throw new IOException(
            e.getMessage() + "; write provider: auto or jdk, or give a P-256 key", e);
      }
      return byJdk(settings, files, protocols, e.getMessage());
    }
  }

  private static Tried byJdk(
      TlsSettings settings, TlsFiles files, List<String> protocols, @Nullable String fallback)
      throws IOException {
    if (files.ocspResponse() != null) {
      throw new IOException(
          "ocsp-response wants the native TLS library, which "
              + (fallback == null ? "is not there" : "cannot serve this key: " + fallback));
    }
    return new Tried(tried(settings, files, protocols, SslProvider.JDK), SslProvider.JDK, fallback);
  }

  private static SslContext tried(
      TlsSettings settings, TlsFiles files, List<String> protocols, SslProvider provider)
      throws IOException {
    SslContext context = build(settings, files, protocols, provider);
    try {
      TlsProbe.tryEach(
          files,
          settings.protocols(),
          protocol -> context.newEngine(ByteBufAllocator.DEFAULT),
          ReferenceCountUtil::release);
      return context;
    } catch (IOException e) {
      ReferenceCountUtil.release(context);
      throw new IOException(
          "%s cannot be served: %s".formatted(settings.certificate(), e.getMessage()), e);
    }
  }

  private static SslContext build(
      TlsSettings settings, TlsFiles files, List<String> protocols, SslProvider provider)
      throws IOException {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(files.key(), files.chain().toArray(X509Certificate[]::new))
              .sslProvider(provider)
              .protocols(settings.protocols())
              .ciphers(TlsSuites.ALL, SupportedCipherSuiteFilter.INSTANCE)
              .enableOcsp(files.ocspResponse() != null);
      if (provider == SslProvider.OPENSSL) {
        // client certificates are checked by our own trust manager, on the event loop: microseconds
        builder
            .option(OpenSslContextOption.USE_TASKS, false)
            .trustManager(TlsAlerts.of(files.trustManager()));
      } else {
        builder.trustManager(files.trustManager());
      }
      if (!files.clientAuthorities().isEmpty()) {
        builder.clientAuth(
            settings.requiresCertificate() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
      }
      if (!protocols.isEmpty()) {
        builder.applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                protocols));
      }
      return builder.build();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          "%s and %s cannot be served: %s"
              .formatted(settings.certificate(), settings.key(), reason(e)),
          e);
    }
  }

  /** The innermost cause that says something: the outer ones of OpenSSL say "general problem". */
  public static String reason(Throwable fault) {
    String reason = String.valueOf(fault.getMessage());
    Throwable cause = fault.getCause();
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (cause.getMessage() != null) {
        reason = cause.getMessage();
      }
      cause = cause.getCause();
    }
    return reason;
  }
}
