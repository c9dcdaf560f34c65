package io.sluice.adapter.coap;

import io.sluice.api.Admission;
import io.sluice.api.Credentials;
import io.sluice.api.DeviceId;
import io.sluice.api.Gateway;
import io.sluice.api.Peer;
import io.sluice.api.RejectReason;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits the sender of a request by its query {@code ?d={id}&k={token}}.
 *
 * <p>CoAP without DTLS has no session, so each request carries its credentials. A verdict is
 * remembered for a short time under the endpoint's address and the SHA-256 of the whole credential,
 * never the credential itself; refusals are not remembered. Bounded; when full, nothing more is
 * remembered until the next sweep. Thread-safe.
 */
final class Admissions {
  static final int MAX_REMEMBERED = 100_000;

  private static final Logger log = LoggerFactory.getLogger(Admissions.class);
  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(Admissions::sha256);

  private final Gateway gateway;
  private final long rememberNanos;
  private final ConcurrentHashMap<Key, Sender> remembered = new ConcurrentHashMap<>();

  Admissions(Gateway gateway, long rememberNanos) {
    this.gateway = gateway;
    this.rememberNanos = rememberNanos;
  }

  /** An admitted sender. */
  record Sender(DeviceId device, Peer peer, long untilNanos) {}

  private record Key(InetSocketAddress address, long a, long b, long c, long d) {}

  /**
   * Exactly one of the two is called, on this thread or on any other; neither may block.
   *
   * @param refused gets the response to send
   */
  void admit(
      InetSocketAddress address,
      OptionSet options,
      Consumer<Sender> admitted,
      Consumer<Response> refused) {
    String device = null;
    String token = null;
    for (String parameter : options.getUriQuery()) {
      if (parameter.startsWith("d=")) {
        device = parameter.substring(2);
      } else if (parameter.startsWith("k=")) {
        token = parameter.substring(2);
      }
    }
    if (device != null && !DeviceId.isValid(device)) {
      gateway.refused(
          new Peer(CoapAdapter.PROTOCOL, address, false), RejectReason.NOT_AUTHENTICATED);
      refused.accept(
          Replies.diagnostic(
              ResponseCode.UNAUTHORIZED,
              "d= is no device id: 1 to 128 letters, digits and . _ : @ -"));
      return;
    }
    Key key = key(address, device, token);
    Sender known = remembered.get(key);
    if (known != null && known.untilNanos() - System.nanoTime() > 0) {
      admitted.accept(known);
      return;
    }
    Peer peer = new Peer(CoapAdapter.PROTOCOL, address, false);
    Credentials credentials =
        token == null ? new Credentials.Anonymous(device) : new Credentials.Token(device, token);
    gateway
        .admit(peer, credentials)
        .whenComplete((admission, fault) -> {
          if (fault != null) {
            log.error("admission of {} failed: {}", address, fault.toString());
            refused.accept(Replies.busy(1000, "the gateway cannot check credentials now"));
          } else {
            judge(key, peer, admission, admitted, refused);
          }
        });
  }

  private void judge(
      Key key,
      Peer peer,
      Admission admission,
      Consumer<Sender> admitted,
      Consumer<Response> refused) {
    switch (admission) {
      case Admission.Admitted verdict ->
          admitted.accept(remember(key, verdict.device().id(), peer));
      case Admission.Refused verdict -> refused.accept(Replies.to(verdict));
      case Admission.Busy busy ->
          refused.accept(Replies.busy(busy.retryAfterMillis(), "too many devices sign in at once"));
    }
  }

  private Sender remember(Key key, DeviceId device, Peer peer) {
    Sender sender = new Sender(device, peer, System.nanoTime() + rememberNanos);
    if (rememberNanos > 0 && remembered.size() < MAX_REMEMBERED) {
      remembered.put(key, sender);
    }
    return sender;
  }

  /** Forgets what is past its time; called every few seconds. */
  void sweep() {
    long now = System.nanoTime();
    remembered.values().removeIf(sender -> sender.untilNanos() - now <= 0);
  }

  /** Endpoints that are remembered now. */
  int size() {
    return remembered.size();
  }

  private static Key key(
      InetSocketAddress address, @Nullable String device, @Nullable String token) {
    MessageDigest digest = SHA_256.get();
    // Which parts there are, and the length of the first: no two credentials give the same input.
    digest.update((byte) ((device == null ? 0 : 1) | (token == null ? 0 : 2)));
    if (device != null) {
      byte[] bytes = device.getBytes(StandardCharsets.UTF_8);
      digest.update((byte) (bytes.length >> 8));
      digest.update((byte) bytes.length);
      digest.update(bytes);
    }
    if (token != null) {
      digest.update(token.getBytes(StandardCharsets.UTF_8));
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
