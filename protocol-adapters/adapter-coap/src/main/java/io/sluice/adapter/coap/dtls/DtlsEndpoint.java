package io.sluice.adapter.coap.dtls;

import io.sluice.adapter.coap.request.SessionDrain;
import io.sluice.adapter.coap.settings.CoapsSettings;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Drain;
import io.sluice.api.tls.FileWatch;
import io.sluice.api.tls.RevocationLists;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.eclipse.californium.elements.config.CertificateAuthenticationMode;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.util.Filter;
import org.eclipse.californium.scandium.DTLSConnector;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.californium.scandium.config.DtlsConfig.DtlsRole;
import org.eclipse.californium.scandium.config.DtlsConnectorConfig;
import org.eclipse.californium.scandium.dtls.CertificateType;
import org.eclipse.californium.scandium.dtls.Connection;
import org.eclipse.californium.scandium.dtls.SignatureAndHashAlgorithm;
import org.eclipse.californium.scandium.dtls.SingleNodeConnectionIdGenerator;
import org.eclipse.californium.scandium.dtls.cipher.CipherSuite;
import org.eclipse.californium.scandium.dtls.x509.CertificateProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DTLS 1.2 in front of CoAP. Every ClientHello without a valid cookie is answered by a cookie and
 * forgotten (RFC 6347 section 4.2.1), so that forged addresses cost no memory. Certificate files
 * are read again when they change: sessions that are open go on, but for clients that the new
 * revocation lists name. Thread-safe.
 */
public final class DtlsEndpoint {
  private static final Logger log = LoggerFactory.getLogger(DtlsEndpoint.class);

  /** Authenticated encryption only, forward secrecy first, then what constrained devices have. */
  private static final List<CipherSuite> SUITES =
      List.of(
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
          CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
          CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
          CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
          CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256,
          CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256,
          CipherSuite.TLS_PSK_WITH_AES_128_CCM,
          CipherSuite.TLS_PSK_WITH_AES_128_CCM_8);

  /** Of a device's certificate and of its proof that it has the key. */
  private static final List<SignatureAndHashAlgorithm> SIGNATURES =
      List.of(
          SignatureAndHashAlgorithm.SHA256_WITH_ECDSA,
          SignatureAndHashAlgorithm.SHA384_WITH_ECDSA,
          SignatureAndHashAlgorithm.INTRINSIC_WITH_ED25519,
          SignatureAndHashAlgorithm.SHA256_WITH_RSA);

  private final String name;
  private final CoapsSettings settings;
  private final AdapterContext gateway;
  private final @Nullable ReloadedIdentity identity;
  private final @Nullable ClientVerifier verifier;
  private final @Nullable FileWatch watch;

  private final SessionOwners owners = new SessionOwners();
  private final Configuration configuration;
  private final HandshakeBound handshakes;
  private final HandshakeFailures failures;

  private volatile @Nullable DTLSConnector connector;
  private volatile @Nullable SessionDrain drain;

  /** Principals whose turn has come in the drain. */
  private final Set<Principal> leaving = ConcurrentHashMap.newKeySet();

  /**
   * @param name of the listener in the configuration
   * @throws IOException where a certificate file cannot be used; the message names it
   */
  public DtlsEndpoint(String name, CoapsSettings settings, AdapterContext gateway)
      throws IOException {
    this.name = name;
    this.settings = settings;
    this.gateway = gateway;
    this.failures =
        new HandshakeFailures(gateway.meters(), settings.maxHandshakes(), System::nanoTime);
    TlsSettings tls = settings.tls();
    if (tls == null) {
      identity = null;
      verifier = null;
      watch = null;
    } else {
      TlsFiles files = TlsFiles.read(tls);
      identity = new ReloadedIdentity(files, certificateTypes(files));
      verifier = new ClientVerifier(gateway.access(), files, certificateTypes(files), failures);
      watch = new FileWatch(tls.files());
    }
    configuration = configuration();
    handshakes =
        new HandshakeBound(configuration, gateway.meters(), settings.maxHandshakes(), failures);
  }

  private List<CertificateType> certificateTypes(TlsFiles files) {
    List<CertificateType> types = new ArrayList<>(2);
    if (settings.rawPublicKey()) {
      types.add(CertificateType.RAW_PUBLIC_KEY);
    }
    if (!files.clientAuthorities().isEmpty() || types.isEmpty()) {
      types.add(CertificateType.X_509);
    }
    return types;
  }

  public DTLSConnector connector(InetSocketAddress address, Executor background) {
    DtlsConnectorConfig.Builder config = DtlsConnectorConfig.builder(configuration);
    config.setAddress(address).setReuseAddress(false).setLoggingTag("coaps");
    if (settings.psk() == CoapsSettings.Psk.REGISTRY) {
      config.setAdvancedPskStore(new RegistryPskStore(gateway.access(), failures));
    }
    if (identity != null && verifier != null) {
      config.setCertificateIdentityProvider((CertificateProvider) identity);
      config.setAdvancedCertificateVerifier(verifier);
    }
    if (settings.connectionIdLength() > 0) {
      config.setConnectionIdGenerator(
          new SingleNodeConnectionIdGenerator(settings.connectionIdLength()));
    }
    config.setConnectionListener(owners);
    config.setDatagramFilter(handshakes);
    DTLSConnector made = new SessionConnector(config.build(), handshakes, settings, background);
    connector = made;
    return made;
  }

  @SuppressWarnings("deprecation") // the threshold's default still lets session ids replace cookies
  private Configuration configuration() {
    DtlsConfig.register();
    SystemConfig.register();
    Configuration configuration = Configuration.createStandardWithoutFile();
    int threads = settings.options().protocolThreads();
    configuration.set(DtlsConfig.DTLS_ROLE, DtlsRole.SERVER_ONLY);
    configuration.set(DtlsConfig.DTLS_MAX_CONNECTIONS, settings.maxSessions());
    configuration.set(
        DtlsConfig.DTLS_STALE_CONNECTION_THRESHOLD,
        settings.sessionIdle().toMillis(),
        TimeUnit.MILLISECONDS);
    configuration.set(DtlsConfig.DTLS_USE_HELLO_VERIFY_REQUEST, true);
    // a session id that was overheard must not stand for a cookie
    configuration.set(DtlsConfig.DTLS_VERIFY_PEERS_ON_RESUMPTION_THRESHOLD, 0);
    configuration.set(
        DtlsConfig.DTLS_MAX_PENDING_HANDSHAKE_RESULT_JOBS, Math.max(64, settings.maxHandshakes()));
    configuration.set(DtlsConfig.DTLS_UPDATE_ADDRESS_USING_CID_ON_NEWER_RECORDS, true);
    configuration.set(DtlsConfig.DTLS_REMOVE_STALE_DOUBLE_PRINCIPALS, true);
    configuration.set(DtlsConfig.DTLS_RECEIVER_THREAD_COUNT, Math.max(1, threads / 2));
    configuration.set(DtlsConfig.DTLS_CONNECTOR_THREAD_COUNT, threads);
    configuration.set(
        DtlsConfig.DTLS_RECEIVE_BUFFER_SIZE,
        Math.toIntExact(settings.options().receiveBuffer().value()));
    configuration.set(DtlsConfig.DTLS_SEND_BUFFER_SIZE, 1 << 20);
    configuration.set(DtlsConfig.DTLS_MAX_DEFERRED_INBOUND_RECORDS_SIZE, 8 << 10);
    configuration.set(DtlsConfig.DTLS_CIPHER_SUITES, suites());
    configuration.set(DtlsConfig.DTLS_RECOMMENDED_CIPHER_SUITES_ONLY, false); // CCM_8, CCM
    if (identity != null) {
      configuration.set(DtlsConfig.DTLS_SIGNATURE_AND_HASH_ALGORITHMS, SIGNATURES);
    }
    configuration.set(
        DtlsConfig.DTLS_CLIENT_AUTHENTICATION_MODE, CertificateAuthenticationMode.NEEDED);
    configuration.set(SystemConfig.HEALTH_STATUS_INTERVAL, 0, TimeUnit.SECONDS);
    return configuration;
  }

  private List<CipherSuite> suites() {
    boolean hasPsk = settings.psk() == CoapsSettings.Psk.REGISTRY;
    String ownKey = identity == null ? "" : identity.keyAlgorithm();
    return SUITES.stream()
        .filter(suite -> suite.isPskBased() ? hasPsk : suite.name().contains("_" + ownKey + "_"))
        .toList();
  }

  /** Reads the files again where they have changed; on the timer thread. */
  public void reload() {
    TlsSettings tls = settings.tls();
    if (watch == null || tls == null || identity == null || verifier == null || !watch.changed()) {
      return;
    }
    try {
      TlsFiles files = TlsFiles.read(tls);
      identity.use(files);
      verifier.use(files);
      log.info("listeners.{}: certificate files were read again", name);
      endRevoked(files.revocations());
    } catch (IOException e) {
      log.warn(
          "listeners.{}: the changed certificate files are not used: {}", name, e.getMessage());
    }
  }

  /** Whom the lists name by now loses the session that began before. */
  private void endRevoked(RevocationLists revocations) {
    DTLSConnector open = connector;
    if (open == null || revocations.isEmpty()) {
      return;
    }
    Filter<Principal> isRevoked =
        principal -> {
          X509Certificate revoked = revocations.revoked(chain(principal));
          if (revoked != null) {
            log.warn(
                "listeners.{}: session ended: the certificate {} has been revoked",
                name,
                revoked.getSubjectX500Principal().getName());
          }
          return revoked != null;
        };
    var _ = open.startTerminateConnectionsForPrincipal(isRevoked, true);
  }

  private static List<X509Certificate> chain(Principal principal) {
    return principal instanceof X509CertPath certified
        ? certified.getPath().getCertificates().stream().map(X509Certificate.class::cast).toList()
        : List.of();
  }

  /** How often {@link #reload} is worth while; null where nothing can change. */
  @Nullable
  public Long reloadMillis() {
    TlsSettings tls = settings.tls();
    return tls == null ? null : tls.reloadInterval().toMillis();
  }

  /** The device was admitted by the session of this principal. */
  public void belongs(Principal principal, DeviceId device) {
    owners.belongs(principal, device);
  }

  /** Forgets what ended without a word; called every few seconds. */
  public void sweep() {
    handshakes.sweep();
  }

  public int handshakesUnderWay() {
    return handshakes.underWay();
  }

  /** Tells a counter of each connection that is kept, established or not. */
  public void count(LongAdder counter) throws InterruptedException, ExecutionException {
    DTLSConnector open = connector;
    if (open != null) {
      Filter<Connection> counting =
          connection -> {
            counter.increment();
            return false;
          };
      open.startForEach(counting).get();
    }
  }

  /** Principals that have a session. */
  public int sessions() {
    return owners.size();
  }

  /** Ends the sessions of a device, with an alert. */
  public void close(DeviceId device) {
    DTLSConnector open = connector;
    if (open != null && owners.hasSessions(device)) {
      Filter<Principal> ofDevice = principal -> owners.isOf(principal, device);
      var _ = open.startTerminateConnectionsForPrincipal(ofDevice, true);
    }
  }

  /** Ends the open sessions, spread over the drain's time. */
  public void drain(Drain how) {
    leaving.clear();
    drain = new SessionDrain(how, owners.size(), System.nanoTime());
  }

  /** Ends no further sessions for a drain. */
  public void resume() {
    drain = null;
    leaving.clear();
  }

  /**
   * Ends the sessions whose turn has come, with an alert; called again and again.
   *
   * @param isAnswered whether nothing is under way to a device that is waited for; must not block
   */
  public void drainOn(Predicate<DeviceId> isAnswered) {
    SessionDrain current = drain;
    DTLSConnector open = connector;
    if (current == null || open == null) {
      return;
    }
    leaving.removeIf(each -> !owners.hasSessions(each));
    AtomicInteger due =
        new AtomicInteger(current.due(owners.size(), System.nanoTime()) - leaving.size());
    if (due.get() > 0 || !leaving.isEmpty()) {
      Filter<Principal> some = each -> isDue(each, due) && isAnswered(each, isAnswered);
      var _ = open.startTerminateConnectionsForPrincipal(some, true);
    }
  }

  private boolean isDue(Principal principal, AtomicInteger due) {
    return leaving.contains(principal) || (due.getAndDecrement() > 0 && leaving.add(principal));
  }

  private boolean isAnswered(Principal principal, Predicate<DeviceId> isAnswered) {
    DeviceId device = owners.device(principal);
    return device == null || isAnswered.test(device);
  }
}
