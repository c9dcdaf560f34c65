package io.sluice.adapter.coap.dtls;

import io.sluice.adapter.coap.settings.CoapOptions;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
import io.sluice.api.tls.HandshakeFault;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateRevokedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.californium.scandium.dtls.AlertMessage;
import org.eclipse.californium.scandium.dtls.AlertMessage.AlertDescription;
import org.eclipse.californium.scandium.dtls.ConnectionId;
import org.eclipse.californium.scandium.dtls.HandshakeException;
import org.eclipse.californium.scandium.dtls.Handshaker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of each handshake that failed: cause, the identity or subject shown, the
 * suites offered. In the log one line an address and minute.
 *
 * <p>Bounds: of so many senders and handshakes it is known what they offered and showed; {@value
 * #LINES_A_MINUTE} lines a minute. Thread-safe.
 */
final class HandshakeFailures {
  static final int LINES_A_MINUTE = 60;

  private static final Logger log = LoggerFactory.getLogger(HandshakeFailures.class);
  private static final int MAX_CLAIMED = 128;
  private static final int MIN_KNOWN = 1024;
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Meters meters;
  private final LongSupplier nanoTime;
  private final Map<InetSocketAddress, String> offers;
  private final Map<ConnectionId, Shown> shown;

  /** When an address had its log line, ns. Guarded by this. */
  private final Map<InetAddress, Long> logged = bounded(MIN_KNOWN);

  private long minute;
  private int lines;

  private record Shown(String claimed, boolean isKnown) {}

  /** A refusal of ours, with what it is. */
  static final class Refusal extends HandshakeException {
    private static final long serialVersionUID = 1;
    private final HandshakeFault fault;

    Refusal(
        HandshakeFault fault, String why, AlertDescription description, @Nullable Throwable cause) {
      super(why, new AlertMessage(AlertMessage.AlertLevel.FATAL, description), cause);
      this.fault = fault;
    }
  }

  HandshakeFailures(Meters meters, int maxHandshakes, LongSupplier nanoTime) {
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.minute = nanoTime.getAsLong();
    this.offers = bounded(Math.max(MIN_KNOWN, maxHandshakes));
    this.shown = bounded(Math.max(MIN_KNOWN, maxHandshakes));
  }

  private static <K, V> Map<K, V> bounded(int max) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > max;
      }
    };
  }

  /** A ClientHello came from there. */
  void offered(InetSocketAddress peer, ClientHelloBytes.Offer offer) {
    synchronized (offers) {
      offers.put(peer, offer.suiteNames());
    }
  }

  /**
   * The peer has shown who it says it is.
   *
   * @param isKnown whether some device is that
   */
  void shown(ConnectionId connection, String claimed, boolean isKnown) {
    synchronized (shown) {
      shown.put(connection, new Shown(printable(claimed), isKnown));
    }
  }

  /** Nothing of a peer's may break the line. */
  private static String printable(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MAX_CLAIMED)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return line.toString();
  }

  /** A handshake came to its end, well. */
  void completed(Handshaker handshaker) {
    forget(handshaker);
  }

  private @Nullable Shown forget(Handshaker handshaker) {
    synchronized (offers) {
      offers.remove(handshaker.getPeerAddress());
    }
    synchronized (shown) {
      return shown.remove(handshaker.getConnection().getConnectionId());
    }
  }

  /** The Finished cannot be read: with a pre-shared key that comes of a wrong one. */
  void unreadableFinished(Handshaker handshaker) {
    Shown who;
    synchronized (shown) {
      who = shown.get(handshaker.getConnection().getConnectionId());
    }
    if (who != null && !who.isKnown) {
      report(
          handshaker.getPeerAddress(),
          HandshakeFault.UNKNOWN_IDENTITY,
          who.claimed,
          "no device has this pre-shared key identity");
    } else {
      report(
          handshaker.getPeerAddress(),
          HandshakeFault.WRONG_KEY,
          who == null ? null : who.claimed,
          "the pre-shared key is not that of the identity");
    }
  }

  void failed(Handshaker handshaker, HandshakeException cause) {
    String offer;
    synchronized (offers) {
      offer = offers.get(handshaker.getPeerAddress());
    }
    Shown who = forget(handshaker);
    HandshakeFault fault = fault(cause);
    report(
        handshaker.getPeerAddress(),
        fault,
        who == null ? null : who.claimed,
        printable(sentence(fault, cause)) + (offer == null ? "" : "; offered: " + offer));
  }

  /** A ClientHello that comes to no handshake. */
  void unreadable(InetSocketAddress peer, String why) {
    report(peer, HandshakeFault.UNREADABLE, null, printable(why));
  }

  private static HandshakeFault fault(HandshakeException cause) {
    if (cause instanceof Refusal refusal) {
      return refusal.fault;
    }
    String text = String.valueOf(cause.getMessage());
    if (text.contains("Certificate required") || text.contains("required authentication")) {
      return HandshakeFault.NO_CERTIFICATE;
    }
    return switch (cause.getAlert().getDescription()) {
      case HANDSHAKE_FAILURE ->
          text.contains("cipher suite") ? HandshakeFault.NO_SUITE : HandshakeFault.OTHER;
      case PROTOCOL_VERSION -> HandshakeFault.VERSION;
      default -> text.contains("received") ? HandshakeFault.REFUSED_BY_PEER : HandshakeFault.OTHER;
    };
  }

  private static String sentence(HandshakeFault fault, HandshakeException cause) {
    return switch (fault) {
      case NO_SUITE -> "no common cipher suite";
      case VERSION -> "no common version: DTLS 1.2 is spoken here";
      case NO_CERTIFICATE -> "no certificate was shown";
      case REFUSED_BY_PEER ->
          "the device ended the handshake with the alert "
              + cause.getAlert().getDescription()
              + ": see whether it trusts the gateway's certificate";
      default -> String.valueOf(cause.getMessage());
    };
  }

  /** Of a certificate chain that was not trusted, with the alert of RFC 5246 section 7.2.2. */
  static Refusal untrusted(Exception why) {
    for (Throwable cause = why; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateExpiredException) {
        return new Refusal(
            HandshakeFault.EXPIRED,
            "the certificate has expired: " + cause.getMessage(),
            AlertDescription.CERTIFICATE_EXPIRED,
            why);
      }
      if (cause instanceof CertificateNotYetValidException) {
        return new Refusal(
            HandshakeFault.EXPIRED,
            "the certificate is not valid yet: " + cause.getMessage(),
            AlertDescription.CERTIFICATE_EXPIRED,
            why);
      }
      if (cause instanceof CertificateRevokedException || isRevoked(cause)) {
        return new Refusal(
            HandshakeFault.REVOKED,
            "the certificate is revoked",
            AlertDescription.CERTIFICATE_REVOKED,
            why);
      }
      if (isWithoutAuthority(cause)) {
        return new Refusal(
            HandshakeFault.UNKNOWN_CA,
            "the certificate is of no authority in client-ca",
            AlertDescription.UNKNOWN_CA,
            why);
      }
    }
    String text = String.valueOf(why.getMessage());
    return new Refusal(
        HandshakeFault.BAD_CERTIFICATE,
        text,
        isForAnotherUse(text)
            ? AlertDescription.UNSUPPORTED_CERTIFICATE
            : AlertDescription.BAD_CERTIFICATE,
        why);
  }

  /** Key usage or extended key usage; the words are those of the JDK. */
  private static boolean isForAnotherUse(String text) {
    return text.contains("usage") || text.contains("KeyUsage");
  }

  private static boolean isRevoked(Throwable cause) {
    return cause instanceof CertPathValidatorException path
        && path.getReason() == CertPathValidatorException.BasicReason.REVOKED;
  }

  private static boolean isWithoutAuthority(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    return text.contains("unable to find valid certification path")
        || text.contains("Path does not chain")
        || text.contains("no client-ca");
  }

  private void report(
      InetSocketAddress address, HandshakeFault fault, @Nullable String claimed, String detail) {
    meters.handshakeFailed(new Peer(CoapOptions.PROTOCOL, address, true), fault, claimed, detail);
    if (mayLog(address.getAddress())) {
      log.info(
          "coaps: the handshake of {}:{} failed{}: {}",
          address.getAddress().getHostAddress(),
          address.getPort(),
          claimed == null ? "" : " (" + claimed + ")",
          detail);
    }
  }

  private synchronized boolean mayLog(InetAddress address) {
    long now = nanoTime.getAsLong();
    Long before = logged.get(address);
    if (before != null && now - before < MINUTE_NANOS) {
      return false;
    }
    if (now - minute >= MINUTE_NANOS) {
      minute = now;
      lines = 0;
    }
    if (lines >= LINES_A_MINUTE) {
      return false;
    }
    lines++;
    logged.put(address, now);
    return true;
  }
}
