package io.sluice.api.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * A handshake in memory, by which certificate files are tried before a listener takes them: that a
 * key can be read does not mean that the TLS library can serve it.
 */
public final class TlsProbe {
  private static final int MAX_STEPS = 200;

  private TlsProbe() {}

  /**
   * Tries each protocol version with a client of the JDK. Files that every library serves are not
   * tried: the handshakes would cost each start some 0.1 s of processor time.
   *
   * @param files what is tried
   * @param engine makes a new engine of the server; it is closed by {@code release}
   * @throws IOException where a handshake fails; the message names the version and the cause
   */
  public static void tryEach(
      TlsFiles files, List<String> protocols, Function<String, SSLEngine> engine, Release release)
      throws IOException {
    if (files.areServedEverywhere()) {
      return;
    }
    for (String protocol : protocols) {
      SSLEngine server = engine.apply(protocol);
      try {
        server.setUseClientMode(false);
        server.setWantClientAuth(false); // also takes back that one is needed
        handshake(client(protocol), server);
      } catch (SSLException | GeneralSecurityException e) {
        throw new IOException(
            "no %s handshake comes about with this certificate and key (%s)"
                .formatted(protocol.replace("TLSv", "TLS "), innermost(e)),
            e);
      } finally {
        release.release(server);
      }
    }
  }

  /** Gives back what an engine holds. */
  @FunctionalInterface
  public interface Release {
    void release(SSLEngine engine);
  }

  /** Tries the files with the JDK as the server. */
  public static void tryJdk(TlsSettings settings, TlsFiles files) throws IOException {
    try {
      SSLContext context = files.jdkContext();
      tryEach(files, settings.protocols(), protocol -> context.createSSLEngine(), engine -> {});
    } catch (GeneralSecurityException e) {
      throw new IOException(settings.certificate() + " cannot be served: " + e.getMessage(), e);
    }
  }

  /**
   * Tries whether a client comes to terms with a listener of those files, in memory: whether each
   * takes the other's certificate, and whether it is made for that name.
   *
   * @param client what the client shows, and whom it trusts
   * @param host by which name it reaches the listener
   * @throws SSLException where none comes about, as {@link ClientTls#fault} reads it
   * @throws IOException where the files cannot be used
   */
  public static void tryClient(SSLContext client, String host, TlsSettings settings, TlsFiles files)
      throws IOException {
    SSLEngine asking = client.createSSLEngine(host, 443);
    asking.setUseClientMode(true);
    SSLParameters checks = asking.getSSLParameters();
    checks.setEndpointIdentificationAlgorithm("HTTPS");
    asking.setSSLParameters(checks);
    try {
      SSLEngine answering = files.jdkContext().createSSLEngine();
      answering.setUseClientMode(false);
      answering.setEnabledProtocols(settings.protocols().toArray(String[]::new));
      answering.setNeedClientAuth(settings.requiresCertificate());
      if (settings.clientCa() != null && !settings.requiresCertificate()) {
        answering.setWantClientAuth(true);
      }
      handshake(asking, answering);
    } catch (GeneralSecurityException e) {
      throw new IOException(settings.certificate() + " cannot be served: " + e.getMessage(), e);
    }
  }

  private static SSLEngine client(String protocol) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Everybody()}, null);
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(new String[] {protocol});
    return engine;
  }

  private static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(64 << 10);
    ByteBuffer toClient = ByteBuffer.allocate(64 << 10);
    client.beginHandshake();
    server.beginHandshake();
    boolean isClientDone = false;
    boolean isServerDone = false;
    for (int step = 0; step < MAX_STEPS && !(isClientDone && isServerDone); step++) {
      isClientDone |= step(client, toClient, toServer);
      isServerDone |= step(server, toServer, toClient);
    }
    if (!isClientDone || !isServerDone) {
      throw new SSLException("it does not come to an end");
    }
  }

  /** One step of one side; answers whether its handshake is done. */
  private static boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    return switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
        yield false;
      }
      case NEED_WRAP -> isDone(engine.wrap(ByteBuffer.allocate(0), out));
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
        in.flip();
        ByteBuffer nothing = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        SSLEngineResult result = engine.unwrap(in, nothing);
        in.compact();
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
          throw new SSLException("closed");
        }
        yield isDone(result);
      }
      case FINISHED, NOT_HANDSHAKING -> true;
    };
  }

  private static boolean isDone(SSLEngineResult result) {
    return result.getHandshakeStatus() == HandshakeStatus.FINISHED;
  }

  private static String innermost(Throwable fault) {
    Throwable cause = fault;
    for (int depth = 0; cause.getCause() != null && depth < 8; depth++) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /** The client takes any certificate: whether it is valid is another question. */
  private static final class Everybody extends javax.net.ssl.X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] c, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] c, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
