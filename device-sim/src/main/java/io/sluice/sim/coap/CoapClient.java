package io.sluice.sim.coap;

import io.sluice.sim.coap.CoapExchange.End;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One device's CoAP client: one exchange at a time (RFC 7252 section 4.7, NSTART 1), in blocks
 * where the payload is large (RFC 7959). Confined to the event loop of its socket.
 *
 * <p>Its tokens are its place among all devices and the message's number: unique, and told apart
 * without a table. They guard against nothing but confusion.
 */
public final class CoapClient implements CoapExchange.Line {
  /** A larger payload goes in blocks of this. */
  public static final int BLOCK_BYTES = 1024;

  private static final int LARGEST_SZX = 6;

  /** What becomes of a POST. */
  public interface Outcome {
    void answered(CoapMessage response);

    void failed(String why);
  }

  /** What a response that nobody waits for says: one to a Non-confirmable request. */
  public interface Late {
    /**
     * @param numberLow the lower 32 bits of the message's number
     */
    void answered(int numberLow, CoapMessage response);
  }

  private final int place;
  private final BooleanSupplier loses;
  private final DoubleSupplier random;
  private final Runnable onRetransmission;
  private final Late late;
  private CoapSocket socket;
  private @Nullable CoapExchange exchange;
  private long lastToken = -1;

  /**
   * @param place of the device among those whose tokens the socket resolves
   * @param loses whether the next datagram vanishes
   * @param random 0 to 1
   */
  public CoapClient(
      CoapSocket socket,
      int place,
      BooleanSupplier loses,
      DoubleSupplier random,
      Runnable onRetransmission,
      Late late) {
    this.socket = socket;
    this.place = place;
    this.loses = loses;
    this.random = random;
    this.onRetransmission = onRetransmission;
    this.late = late;
  }

  /** The place of the device that a token belongs to. */
  public static int place(long token) {
    return (int) (token >>> 32);
  }

  private long token(long number) {
    return (long) place << 32 | (number & 0xFFFF_FFFFL);
  }

  /** Whether an exchange is under way. */
  public boolean isBusy() {
    return exchange != null;
  }

  /**
   * Sends a Non-confirmable POST; a refusal comes to {@link Late}.
   *
   * @param payload {@link #BLOCK_BYTES} at the most
   */
  public void postNon(
      long number, String path, int contentFormat, List<String> queries, byte[] payload) {
    byte[] frame = CoapFrame.post(false, token(number), 8, path, contentFormat, queries, payload);
    int id = socket.claim(this);
    if (id >= 0) { // without one it is lost, as Non-confirmables are
      socket.release(id);
      CoapFrame.messageId(frame, id);
      transmit(frame);
    }
  }

  /** Sends a Confirmable POST; only while none is under way. */
  public void postCon(
      long number,
      String path,
      int contentFormat,
      List<String> queries,
      byte[] payload,
      Outcome outcome) {
    if (exchange != null) {
      throw new IllegalStateException("an exchange is under way");
    }
    if (payload.length > BLOCK_BYTES) {
      new Blocks(token(number), path, contentFormat, queries, payload, outcome).send();
    } else {
      long token = token(number);
      begin(
          CoapFrame.post(true, token, 8, path, contentFormat, queries, payload),
          token,
          new End() {
            @Override
            public void answered(CoapMessage response) {
              exchange = null;
              outcome.answered(response);
            }

            @Override
            public void failed(String why) {
              exchange = null;
              outcome.failed(why);
            }
          });
    }
  }

  private void begin(byte[] frame, long token, End end) {
    lastToken = token;
    CoapExchange begun = new CoapExchange(socket, this, frame, token, random.getAsDouble(), end);
    exchange = begun;
    begun.start();
  }

  /** Forgets what is under way. */
  public void abandon() {
    CoapExchange was = exchange;
    exchange = null;
    if (was != null) {
      was.cancel();
    }
  }

  /** Sends from another socket from now on; what is under way is forgotten. */
  public void move(CoapSocket to) {
    abandon();
    socket = to;
  }

  @Override
  public void transmit(byte[] frame) {
    if (!loses.getAsBoolean()) {
      socket.send(frame);
    }
  }

  @Override
  public void retransmitted() {
    onRetransmission.run();
  }

  @Override
  public void received(CoapSocket via, CoapMessage message) {
    if (via != socket || loses.getAsBoolean()) {
      return; // on its way to where the device was before, or lost
    }
    CoapExchange now = exchange;
    if (now != null && now.takes(message)) {
      now.received(message);
    } else if (message.code() != CoapMessage.EMPTY) {
      unexpected(message);
    }
  }

  private void unexpected(CoapMessage message) {
    if (message.type() == CoapMessage.CON) {
      // our acknowledgement was lost (section 4.2), or nobody asked (section 5.2.3)
      int type = message.token() == lastToken ? CoapMessage.ACK : CoapMessage.RST;
      transmit(CoapFrame.empty(type, message.messageId()));
    }
    if (message.type() != CoapMessage.ACK && message.tokenLength() == 8) {
      late.answered((int) message.token(), message);
    }
  }

  /** A payload in blocks, each an exchange of its own; the server may ask for smaller ones. */
  private final class Blocks implements End {
    private final long token;
    private final String path;
    private final int contentFormat;
    private final List<String> queries;
    private final byte[] payload;
    private final Outcome outcome;
    private int szx = LARGEST_SZX;
    private int number;

    Blocks(
        long token,
        String path,
        int contentFormat,
        List<String> queries,
        byte[] payload,
        Outcome outcome) {
      this.token = token;
      this.path = path;
      this.contentFormat = contentFormat;
      this.queries = queries;
      this.payload = payload;
      this.outcome = outcome;
    }

    private int offset() {
      return number << (szx + 4);
    }

    void send() {
      int left = payload.length - offset();
      int size = 1 << (szx + 4);
      int more = left > size ? 8 : 0;
      begin(
          CoapFrame.block(
              token,
              path,
              contentFormat,
              queries,
              (number << 4) | more | szx,
              payload,
              Math.min(left, size)),
          token,
          this);
    }

    @Override
    public void answered(CoapMessage response) {
      exchange = null;
      int asked = response.block1() < 0 ? szx : Math.min(szx, response.block1() & 7);
      if (response.code() == CoapMessage.TOO_LARGE && asked < szx && number == 0) {
        szx = asked; // RFC 7959 section 2.9.3
        send();
      } else if (response.code() == CoapMessage.CONTINUE
          && offset() + (1 << (szx + 4)) < payload.length) {
        number = (number + 1) << (szx - asked);
        szx = asked;
        send();
      } else if (response.code() == CoapMessage.INCOMPLETE) {
        outcome.failed(response.said());
      } else {
        outcome.answered(response);
      }
    }

    @Override
    public void failed(String why) {
      exchange = null;
      outcome.failed(why);
    }
  }
}
