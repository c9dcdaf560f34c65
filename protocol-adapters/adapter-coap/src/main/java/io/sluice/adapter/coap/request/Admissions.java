package io.sluice.adapter.coap.request;

import io.sluice.adapter.coap.message.Replies;
import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Peer;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;
import org.eclipse.californium.elements.auth.RawPublicKeyIdentity;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits the sender of a request by its query {@code ?d={id}&k={token}}, or by its DTLS session.
 *
 * <p>CoAP without DTLS has no session, so each request carries its credentials. A verdict is
 * remembered for a short time under the endpoint's address and the SHA-256 of the whole credential,
 * never the credential itself; refusals are not remembered. Bounded; when full, nothing more is
 * remembered until the next sweep. Thread-safe.
 */
public final class Admissions {
  static final int MAX_REMEMBERED = 100_000;

  private static final Logger log = LoggerFactory.getLogger(Admissions.class);
  private static final String SHOW = "send ?d={id}&k={token}: the device and its token";
  private static final byte[] NOTHING = {};
  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(Admissions::sha256);

  private final AdapterContext gateway;
  private final long rememberNanos;
  private final @Nullable SessionOwner sessions;

  /** By {@link Key}, or by the principal of a DTLS session. */
  private final ConcurrentHashMap<Object, Sender> remembered = new ConcurrentHashMap<>();

  /**
   * @param sessions null where requests come without a session
   */
  public Admissions(AdapterContext gateway, long rememberNanos, @Nullable SessionOwner sessions) {
    this.gateway = gateway;
    this.rememberNanos = rememberNanos;
    this.sessions = sessions;
  }

  /** Counts revocations: an admission that was asked for before one is not remembered after it. */
  private final AtomicLong revocations = new AtomicLong();

  /** Learns which device each principal of an open DTLS session is. Thread-safe. */
  public interface SessionOwner {
    void belongs(Principal principal, DeviceId device);
  }

  /** An admitted sender. */
  public record Sender(Admission.Admitted admitted, Peer peer, long untilNanos) {
    public DeviceId device() {
      return admitted.device().id();
    }
  }

  /** An address, and the SHA-256 of the credentials that came from it. */
  public record Key(InetSocketAddress address, long a, long b, long c, long d) {}

  /**
   * Exactly one of the two is called, on this thread or on any other; neither may block.
   *
   * @param refused gets the response to send
   */
  public void admit(
      EndpointContext context,
      OptionSet options,
      Consumer<Sender> admitted,
      Consumer<Response> refused) {
    InetSocketAddress address = context.getPeerAddress();
    Principal principal = sessions == null ? null : context.getPeerIdentity();
    if (principal != null) {
      admitBySession(principal, address, options, admitted, refused);
      return;
    }
    String device = null;
    String token = null;
    for (String parameter : options.getUriQuery()) {
      if (parameter.startsWith("d=")) {
        device = parameter.substring(2);
      } else if (parameter.startsWith("k=")) {
        token = parameter.substring(2);
      }
    }
    Object key = key(address, device, token);
    Sender known = known(key);
    if (known != null) {
      admitted.accept(known);
    } else {
      check(key, address, device, token, admitted, refused);
    }
  }

  /** The sender whose credentials have this key, where it was admitted a short time ago. */
  @Nullable
  public Sender known(Object key) {
    Sender known = remembered.get(key);
    return known != null && known.untilNanos() - System.nanoTime() > 0 ? known : null;
  }

  /**
   * Grows with each revocation. What {@link #known} gave counts no more once it is another than
   * before.
   */
  public long revocations() {
    return revocations.get();
  }

  /** As {@link #admit}, for what {@link #known} does not know. */
  public void check(
      Object key,
      InetSocketAddress address,
      @Nullable String device,
      @Nullable String token,
      Consumer<Sender> admitted,
      Consumer<Response> refused) {
    Peer peer = new Peer(CoapOptions.PROTOCOL, address, false);
    if (device != null && !DeviceId.isValid(device)) {
      gateway.meters().refused(peer, RejectReason.NOT_AUTHENTICATED);
      refused.accept(
          Replies.diagnostic(
              ResponseCode.UNAUTHORIZED,
              "d= is no device id: 1 to 128 letters, digits and . _ : @ -"));
      return;
    }
    Credentials credentials =
        token == null ? new Credentials.Anonymous(device) : new Credentials.Token(device, token);
    ask(key, peer, credentials, admitted, token == null ? whoShowsNothing(refused) : refused);
  }

  /** The words of other protocols are of no use to a device that has shown nothing. */
  private static Consumer<Response> whoShowsNothing(Consumer<Response> refused) {
    return response ->
        refused.accept(
            response.getCode() == ResponseCode.UNAUTHORIZED
                ? Replies.diagnostic(ResponseCode.UNAUTHORIZED, SHOW)
                : response);
  }

  private void ask(
      Object key,
      Peer peer,
      Credentials credentials,
      Consumer<Sender> admitted,
      Consumer<Response> refused) {
    long asked = revocations.get();
    verdict(peer, credentials)
        .whenComplete((admission, fault) -> {
          if (fault != null) {
            log.error("admission of {} failed: {}", peer.address(), fault.toString());
            refused.accept(Replies.busy(1000, "the gateway cannot check credentials now"));
          } else {
            conclude(key, peer, asked, admission, admitted, refused);
          }
        });
  }

  private CompletionStage<Admission> verdict(Peer peer, Credentials credentials) {
    try {
      return gateway.access().admit(peer, credentials);
    } catch (RuntimeException fault) {
      return CompletableFuture.failedStage(fault);
    }
  }

  /** Admits by the identity that the DTLS handshake has shown; {@code ?d=} may only repeat it. */
  private void admitBySession(
      Principal principal,
      InetSocketAddress address,
      OptionSet options,
      Consumer<Sender> admitted,
      Consumer<Response> refused) {
    Consumer<Sender> sameName =
        sender -> {
          String named = named(options);
          if (named == null || named.equals(sender.device().value())) {
            admitted.accept(sender);
          } else {
            gateway.meters().refused(sender.peer(), RejectReason.NOT_AUTHORIZED);
            refused.accept(
                Replies.diagnostic(
                    ResponseCode.FORBIDDEN,
                    "this session is " + sender.device() + "'s; leave ?d= out"));
          }
        };
    Peer peer = new Peer(CoapOptions.PROTOCOL, address, true);
    Sender known = known(principal);
    if (known != null) {
      boolean hasMoved = !known.peer().address().equals(address);
      sameName.accept(hasMoved ? new Sender(known.admitted(), peer, known.untilNanos()) : known);
      return;
    }
    ask(principal, peer, credentials(principal), sameName, refused);
  }

  private static Credentials credentials(Principal principal) {
    return switch (principal) {
      case PreSharedKeyIdentity psk -> new Credentials.PskIdentity(psk.getIdentity());
      case RawPublicKeyIdentity key -> new Credentials.RawPublicKey(key.getKey().getEncoded());
      case X509CertPath path ->
          new Credentials.Certificate(
              path.getPath().getCertificates().stream().map(X509Certificate.class::cast).toList());
      default -> new Credentials.Anonymous(null);
    };
  }

  private static @Nullable String named(OptionSet options) {
    for (String parameter : options.getUriQuery()) {
      if (parameter.startsWith("d=")) {
        return parameter.substring(2);
      }
    }
    return null;
  }

  /** The device was revoked: nothing that it has shown counts any more. */
  public void forget(DeviceId device) {
    revocations.incrementAndGet(); // before the removal: see remember
    remembered.values().removeIf(sender -> sender.device().equals(device));
    revocations.incrementAndGet(); // and behind it: see revocations()
  }

  private void conclude(
      Object key,
      Peer peer,
      long asked,
      Admission admission,
      Consumer<Sender> admitted,
      Consumer<Response> refused) {
    switch (admission) {
      case Admission.Admitted verdict -> admitted.accept(remember(key, verdict, peer, asked));
      case Admission.Consumer _ ->
          refused.accept(
              Replies.to(
                  new Admission.Refused(
                      RejectReason.NOT_AUTHORIZED, "consumers subscribe over MQTT")));
      case Admission.Refused verdict -> refused.accept(Replies.to(verdict));
      case Admission.Busy busy ->
          refused.accept(Replies.busy(busy.retryAfterMillis(), "too many devices sign in at once"));
    }
  }

  private Sender remember(Object key, Admission.Admitted admitted, Peer peer, long asked) {
    if (sessions != null && key instanceof Principal principal) {
      sessions.belongs(principal, admitted.device().id());
    }
    Sender sender = new Sender(admitted, peer, System.nanoTime() + rememberNanos);
    if (rememberNanos > 0 && remembered.size() < MAX_REMEMBERED) {
      remembered.put(key, sender);
      if (revocations.get() != asked) {
        remembered.remove(key, sender);
      }
    }
    return sender;
  }

  /** Forgets what is past its time; called every few seconds. */
  public void sweep() {
    long now = System.nanoTime();
    remembered.values().removeIf(sender -> sender.untilNanos() - now <= 0);
  }

  /** Endpoints that are remembered now. */
  public int size() {
    return remembered.size();
  }

  private static Key key(
      InetSocketAddress address, @Nullable String device, @Nullable String token) {
    byte[] one = device == null ? NOTHING : device.getBytes(StandardCharsets.UTF_8);
    byte[] other = token == null ? NOTHING : token.getBytes(StandardCharsets.UTF_8);
    return key(
        address,
        one,
        0,
        device == null ? -1 : one.length,
        other,
        0,
        token == null ? -1 : other.length);
  }

  /**
   * Under which an endpoint's credentials are remembered.
   *
   * @param deviceBytes the device id's length, -1 where none is named
   * @param tokenBytes the token's length, -1 where there is none
   */
  public static Key key(
      InetSocketAddress address,
      byte[] device,
      int deviceAt,
      int deviceBytes,
      byte[] token,
      int tokenAt,
      int tokenBytes) {
    MessageDigest digest = SHA_256.get();
    // Which parts there are, and the length of the first: no two credentials give the same input.
    digest.update((byte) ((deviceBytes < 0 ? 0 : 1) | (tokenBytes < 0 ? 0 : 2)));
    if (deviceBytes >= 0) {
      digest.update((byte) (deviceBytes >> 8));
      digest.update((byte) deviceBytes);
      digest.update(device, deviceAt, deviceBytes);
    }
    if (tokenBytes >= 0) {
      digest.update(token, tokenAt, tokenBytes);
    }
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new Key(address, hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java platform has SHA-256", missing);
    }
  }
}
