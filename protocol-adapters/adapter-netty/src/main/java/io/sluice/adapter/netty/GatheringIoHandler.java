package io.sluice.adapter.netty;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the sockets of one event loop as another handler does, and lets events gather before a
 * look where {@link EventGathering} finds it worthwhile. A task for the event loop (receipts, a
 * command) ends the wait at once. For handlers whose writes are system calls of their own, not put
 * off to the next look. Confined to the event loop, except {@link #wakeup}.
 */
final class GatheringIoHandler implements IoHandler {
  private final IoHandler sockets;
  private final LongSupplier nanoTime;
  private final EventGathering gathering;
  private final LookNow now = new LookNow();

  /** The event loop's thread while it waits. */
  private volatile @Nullable Thread waiting;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  GatheringIoHandler(IoHandler sockets, LongSupplier nanoTime) {
    this.sockets = sockets;
    this.nanoTime = nanoTime;
    this.gathering = new EventGathering(nanoTime.getAsLong());
  }

  /** Puts one over each handler. */
  static IoHandlerFactory over(IoHandlerFactory sockets) {
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new GatheringIoHandler(sockets.newHandler(executor), System::nanoTime);
      }

      @Override
      public boolean isChangingThreadSupported() {
        return sockets.isChangingThreadSupported();
      }
    };
  }

  @Override
  public int run(IoHandlerContext context) {
    if (!gathering.isOn() || !context.canBlock()) {
      int found = sockets.run(context);
      if (found > 0) {
        gathering.looked(found, nanoTime.getAsLong());
      }
      return found;
    }
    return gathering.isWatched() ? watched(context) : waited(context);
  }

  private int waited(IoHandlerContext context) {
    boolean isWhole = await(context, EventGathering.WAIT_NANOS);
    int found = sockets.run(context);
    if (isWhole) {
      gathering.waited(found, nanoTime.getAsLong());
    }
    return found;
  }

  private int watched(IoHandlerContext context) {
    if (!await(context, EventGathering.WAIT_NANOS / 2)) {
      return sockets.run(context);
    }
    int early = sockets.run(now.in(context));
    if (!context.canBlock()) {
      return early; // tasks of what was found
    }
    boolean isWhole = await(context, EventGathering.WAIT_NANOS / 2);
    int late = sockets.run(now.in(context));
    if (isWhole) {
      gathering.watched(early, late, nanoTime.getAsLong());
    }
    return early + late;
  }

  /** Waits; false where there is something to do meanwhile. */
  private boolean await(IoHandlerContext context, long nanos) {
    long left = Math.min(nanos, context.delayNanos(nanoTime.getAsLong()));
    waiting = Thread.currentThread();
    // asked behind it: whoever adds a task then sees who waits
    if (left > 0 && context.canBlock()) {
      LockSupport.parkNanos(this, left);
    }
    waiting = null;
    return context.canBlock();
  }

  /** Also called by the event loop itself. */
  @Override
  public void wakeup() {
    Thread thread = waiting;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
    sockets.wakeup();
  }

  /** Has a look not wait for an event. */
  private static final class LookNow implements IoHandlerContext {
    private @Nullable IoHandlerContext context;

    IoHandlerContext in(IoHandlerContext of) {
      context = of;
      return this;
    }

    private IoHandlerContext context() {
      IoHandlerContext of = context;
      if (of == null) {
        throw new IllegalStateException("in no event loop");
      }
      return of;
    }

    @Override
    public boolean canBlock() {
      return false;
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return context().delayNanos(currentTimeNanos);
    }

    @Override
    public long deadlineNanos() {
      return context().deadlineNanos();
    }

    @Override
    public void reportActiveIoTime(long activeNanos) {
      context().reportActiveIoTime(activeNanos);
    }

    @Override
    public boolean shouldReportActiveIoTime() {
      return context().shouldReportActiveIoTime();
    }
  }

  @Override
  public void initialize() {
    sockets.initialize();
  }

  @Override
  public void prepareToDestroy() {
    sockets.prepareToDestroy();
  }

  @Override
  public void destroy() {
    sockets.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return sockets.register(handle);
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return sockets.isCompatible(handleType);
  }
}
