package io.sluice.adapter.coap.command;

import io.sluice.adapter.coap.message.AssociationMatcher;
import io.sluice.adapter.coap.message.Replies;
import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.coap.BlockOption;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.jspecify.annotations.Nullable;

/**
 * Commands that go down in blocks (RFC 7959 section 2.4), the latest of each device. They are kept
 * here and not in Californium's stack, which does not tell which block was fetched.
 *
 * <p>Bounds: so many transfers; beyond them the one idle longest is forgotten, and its device gets
 * 4.08. A transfer is forgotten after {@value #IDLE_SECONDS} s without a request. Thread-safe.
 */
public final class CommandTransfers {
  /** A client's last retransmission of a request comes 45 s after the first (RFC 7252 4.8.2). */
  public static final int IDLE_SECONDS = 60;

  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);

  private final int maxTransfers;
  private final int largestSzx;

  /** In the order of use. Guarded by this. */
  private final LinkedHashMap<DeviceId, Transfer> latest = new LinkedHashMap<>(16, 0.75f, true);

  /** Is told of each block that is fetched. */
  interface Progress {
    void fetched(boolean isLast);
  }

  private static final class Transfer {
    private final Command command;
    private final Object endpoint;
    private final @Nullable Progress progress;
    private long usedNanos = System.nanoTime();

    Transfer(Command command, Object endpoint, @Nullable Progress progress) {
      this.command = command;
      this.endpoint = endpoint;
      this.progress = progress;
    }
  }

  /**
   * @param maxBlockBytes the largest block: a power of two
   */
  public CommandTransfers(int maxTransfers, int maxBlockBytes) {
    this.maxTransfers = maxTransfers;
    this.largestSzx = BlockOption.size2Szx(maxBlockBytes);
  }

  private static Object endpoint(Request request) {
    return AssociationMatcher.identity(request.getSourceContext());
  }

  private int szx(@Nullable BlockOption asked) {
    return asked == null ? largestSzx : Math.min(largestSzx, asked.getSzx());
  }

  /** Whether the command needs several blocks in answer to this request. */
  boolean isLarge(Command command, Request request) {
    BlockOption asked = request.getOptions().getBlock2();
    return command.payload().length > BlockOption.szx2Size(szx(asked));
  }

  /**
   * The whole command, or its first block; what the device fetched before is then over.
   *
   * @param to who gets it
   */
  Response begin(DeviceId to, Command command, Request request, @Nullable Progress progress) {
    boolean isLarge = isLarge(command, request);
    synchronized (this) {
      latest.remove(to);
      if (isLarge) {
        latest.put(to, new Transfer(command, endpoint(request), progress));
        if (latest.size() > maxTransfers) {
          latest.pollFirstEntry();
        }
      }
    }
    return isLarge
        ? block(command, to, 0, szx(request.getOptions().getBlock2()))
        : CommandContent.response(command, to);
  }

  /** A later block. */
  Response next(DeviceId device, Request request) {
    BlockOption asked = request.getOptions().getBlock2();
    Transfer transfer;
    synchronized (this) {
      transfer = latest.get(device);
      if (transfer != null) {
        transfer.usedNanos = System.nanoTime();
      }
    }
    if (transfer == null || !transfer.endpoint.equals(endpoint(request))) {
      return Replies.diagnostic(
          ResponseCode.REQUEST_ENTITY_INCOMPLETE, "transfer is over; begin at block 0");
    }
    int bytes = transfer.command.payload().length;
    if (asked.getOffset() >= bytes) {
      return Replies.diagnostic(
          ResponseCode.BAD_OPTION, "no such block; the command has " + bytes + " bytes");
    }
    Response response = block(transfer.command, device, asked.getOffset(), szx(asked));
    if (transfer.progress != null) {
      transfer.progress.fetched(!response.getOptions().getBlock2().isM());
    }
    return response;
  }

  private static Response block(Command command, DeviceId to, int offset, int szx) {
    Response response = CommandContent.response(command, to);
    byte[] payload = command.payload();
    int size = BlockOption.szx2Size(szx);
    int end = Math.min(offset + size, payload.length);
    response.setPayload(Arrays.copyOfRange(payload, offset, end));
    response.getOptions().setBlock2(szx, end < payload.length, offset / size);
    if (offset == 0) {
      response.getOptions().setSize2(payload.length);
    }
    return response;
  }

  /** Forgets what is idle; called every few seconds. */
  synchronized void sweep(long nowNanos) {
    Map.Entry<DeviceId, Transfer> first;
    while ((first = latest.firstEntry()) != null
        && nowNanos - first.getValue().usedNanos > IDLE_NANOS) {
      latest.pollFirstEntry();
    }
  }
}
