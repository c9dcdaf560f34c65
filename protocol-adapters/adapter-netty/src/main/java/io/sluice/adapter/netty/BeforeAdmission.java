package io.sluice.adapter.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Meters;
import io.sluice.api.adapter.Peer;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a connection sends before it is admitted, at the head of its pipeline: TLS and the
 * protocols behind it keep no more than came in. Where all together have no room for more, the
 * oldest of the loop goes that has not signed in, so that an honest device is served while others
 * hold connections open. Leaves the pipeline when the device is admitted. Confined to the event
 * loop.
 */
// a close that fails leaves a channel that is closed: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
public final class BeforeAdmission extends ChannelInboundHandlerAdapter {
  /** Largest sign-in: names, secrets and what a protocol says beside them, of ordinary size. */
  public static final int SIGN_IN_MAX_BYTES = 128 << 10;

  /** The same with a TLS handshake, and an upgrade of the protocol, around it. */
  static final int SENT_MAX_BYTES = 2 * SIGN_IN_MAX_BYTES;

  /** The connections of one event loop whose sign-in is not complete, the oldest first. */
  public static final class Waiting {
    private final Set<BeforeAdmission> small = new LinkedHashSet<>();
    private final Set<BeforeAdmission> large = new LinkedHashSet<>();

    /** Ends the oldest, a large one first; false where there is none but this one. */
    private boolean endOldest(boolean isLarge, BeforeAdmission but) {
      return endOldest(large, but) || (!isLarge && endOldest(small, but));
    }

    private static boolean endOldest(Set<BeforeAdmission> among, BeforeAdmission but) {
      for (BeforeAdmission one : among) {
        if (one != but) {
          one.refuse();
          return true;
        }
      }
      return false;
    }
  }

  private final Unadmitted all;
  private final SparseLog refusals;
  private final Waiting waiting;
  private final long maxBytes;
  private final Meters meters;
  private final Peer peer;
  private @Nullable ChannelHandlerContext own;
  private int sent;
  private int taken;
  private boolean ended;
  private boolean refused;
  private boolean outlived;
  private Runnable drop = () -> {};

  /**
   * @param group of the protocol, whose connections share the room
   * @param waiting of the connection's event loop
   * @param maxBytes that all together may hold
   */
  public BeforeAdmission(
      ListenerGroup group, Waiting waiting, long maxBytes, Meters meters, Peer peer) {
    this.all = group.unadmitted();
    this.refusals = group.refusedUnadmitted();
    this.waiting = waiting;
    this.maxBytes = maxBytes;
    this.meters = meters;
    this.peer = peer;
  }

  /**
   * How to let go of what is kept: a closed channel's handlers do so only after all that is read.
   */
  public void onRefusal(Runnable action) {
    Runnable others = drop;
    drop =
        () -> {
          others.run();
          action.run();
        };
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    own = context;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    waiting.small.add(this);
    if (take(Unadmitted.CONNECTION_BYTES)) {
      context.fireChannelActive();
    } else {
      refuse();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
    } else if (ended || !(message instanceof ByteBuf bytes) || takes(bytes.readableBytes())) {
      context.fireChannelRead(message);
    } else {
      ReferenceCountUtil.release(message);
      refuse();
    }
  }

  private boolean takes(int bytes) {
    boolean wasLarge = isLarge();
    sent += bytes;
    if (isLarge() && !wasLarge && waiting.small.remove(this)) {
      waiting.large.add(this);
    }
    return sent <= SENT_MAX_BYTES && take(bytes);
  }

  private boolean isLarge() {
    return sent > Unadmitted.LARGE_BYTES;
  }

  /** Takes so many; where there is no room, from those that keep the gateway waiting. */
  private boolean take(int bytes) {
    boolean isTaken = all.take(bytes, isLarge(), maxBytes);
    while (!isTaken && waiting.endOldest(isLarge(), this)) {
      isTaken = all.take(bytes, isLarge(), maxBytes);
    }
    taken += isTaken ? bytes : 0;
    return isTaken;
  }

  private void refuse() {
    if (refused) {
      return;
    }
    refused = true;
    drop.run();
    end();
    meters.limited(peer, Limit.UNADMITTED_BYTES);
    meters.refused(peer, RejectReason.QUOTA);
    refusals.warn(
        String.valueOf(peer.address()),
        "closed before it was admitted: "
            + (sent > SENT_MAX_BYTES
                ? "it sent more than %d bytes".formatted(SENT_MAX_BYTES)
                : "those that are not admitted hold all they may (max-unadmitted-bytes)"));
    ChannelHandlerContext context = own;
    if (context != null) {
      context.channel().close();
    }
  }

  /** Its sign-in is whole: it waits for the gateway now, and not the gateway for it. */
  public void complete() {
    waiting.small.remove(this);
    waiting.large.remove(this);
  }

  /** Gives back what it took, once. */
  private void end() {
    if (!ended) {
      ended = true;
      complete();
      all.giveBack(taken);
    }
  }

  /** The device is admitted, or gone: counts no more. */
  public void admitted() {
    end();
    ChannelHandlerContext context = own;
    if (context != null && !context.isRemoved()) {
      context.pipeline().remove(this);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    context.fireChannelInactive();
    if (!outlived) {
      end();
    }
  }

  /** What was sent is kept beyond the connection's end, and counts until {@link #admitted}. */
  public void outlived() {
    outlived = true;
  }
}
