package io.sluice.adapter.coap.fast;

import io.netty.channel.Channel;
import io.sluice.adapter.coap.request.RequestsInHand;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Confirmable plain uplinks of one socket that have no receipt yet. One whose receipt is late is
 * passed to Californium, with a bare request that names it: Californium acknowledges it empty and
 * sends a separate response (RFC 7252 section 5.2.2).
 *
 * <p>Bound: never more than there are requests in hand, and {@value #MAX_LINGERING} answered ones.
 * Confined to the event loop.
 */
final class LateAnswers {
  /** Longer than the way through Californium's queue takes. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int MAX_LINGERING = 4096;

  private final Adoptions adoptions;
  private final NettyUdpConnector ordinary;
  private final Channel channel;

  /** Answered, and their bare requests not claimed yet: in about the order of arrival. */
  private final Queue<PlainExchange> lingering = new ArrayDeque<>();

  /** A list in the order of arrival, by {@link PlainExchange#earlier} and its counterpart. */
  private @Nullable PlainExchange earliest;

  private @Nullable PlainExchange latest;

  LateAnswers(Adoptions adoptions, NettyUdpConnector ordinary, Channel channel) {
    this.adoptions = adoptions;
    this.ordinary = ordinary;
    this.channel = channel;
  }

  void await(PlainExchange exchange) {
    exchange.earlier = latest;
    if (latest == null) {
      earliest = exchange;
    } else {
      latest.later = exchange;
    }
    latest = exchange;
  }

  /** Of no effect where the exchange is not awaited. */
  void awaitNoMore(PlainExchange exchange) {
    PlainExchange earlier = exchange.earlier;
    PlainExchange later = exchange.later;
    if (earlier != null) {
      earlier.later = later;
    } else if (earliest == exchange) {
      earliest = later;
    }
    if (later != null) {
      later.earlier = earlier;
    } else if (latest == exchange) {
      latest = earlier;
    }
    exchange.earlier = null;
    exchange.later = null;
  }

  /** Passes the late exchanges to Californium; called every tenth of a second or so. */
  void passToCalifornium(long nowNanos) {
    endLingering(nowNanos);
    for (PlainExchange first = earliest; first != null; first = earliest) {
      if (nowNanos - first.receivedNanos() < RequestsInHand.EMPTY_ACK_AFTER_NANOS) {
        return;
      }
      awaitNoMore(first);
      if (adoptions.offer(first)) {
        first.isOffered = true;
        first.peer().replace(first, first.place, Remembered.ADOPTED);
        passBare(
            first.code(), first.messageId(), first.token(), first.tokenLength(), first.address());
      }
    }
  }

  /** Passes the bare request on to Californium. */
  void passBare(byte code, int messageId, long token, int tokenLength, InetSocketAddress address) {
    ordinary.pass(AnswerWriter.bareRequest(code, messageId, token, tokenLength), address, channel);
  }

  /**
   * Keeps an answered exchange findable while its bare request is on the way to Californium. Else
   * the bare request would be taken for a real one without path and credentials.
   */
  void linger(PlainExchange exchange) {
    if (lingering.size() >= MAX_LINGERING) {
      adoptions.withdraw(lingering.remove());
    }
    lingering.add(exchange);
  }

  private void endLingering(long nowNanos) {
    PlainExchange oldest;
    while ((oldest = lingering.peek()) != null
        && nowNanos - oldest.receivedNanos() > LINGER_NANOS) {
      adoptions.withdraw(lingering.remove());
    }
  }
}
