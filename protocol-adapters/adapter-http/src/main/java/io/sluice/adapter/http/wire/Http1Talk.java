package io.sluice.adapter.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;
import io.sluice.adapter.http.message.Fields;
import io.sluice.adapter.http.message.Problem;
import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import io.sluice.adapter.http.request.Call;
import io.sluice.adapter.netty.GracefulClose;
import io.sluice.api.RejectReason;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 and 1.0 on one connection (RFC 9112): requests one after the other, the next ones while
 * the first is being stored, answers in the order of the requests. What cannot be read as a request
 * is answered and ends the connection, as nothing behind it can be trusted. Confined to the event
 * loop.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class Http1Talk implements Talk {
  /** Of a body that nobody wants: read and thrown away, so that the connection goes on. */
  private static final int MAX_DISCARDED_BYTES = 64 << 10;

  /** Bodies of one connection that are not answered; beyond it no further request is read. */
  private static final int MAX_HELD_BYTES = 2 << 20;

  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Of bytes that are no request. */
  private static final RequestHead NO_HEAD =
      new RequestHead("", "/", "/", null, new Fields(), 0, true, false, false);

  private enum Phase {
    /** Between two requests, or within a head. */
    HEAD,
    /** It is decided whether the body is wanted. */
    DECIDING,
    BODY,
    /** The body comes and is thrown away. */
    DISCARDING
  }

  private final HttpConnection connection;
  private final RequestDecoder decoder;
  private final AnswerWriter writer;
  private final ArrayDeque<Http1Call> calls = new ArrayDeque<>();
  private @Nullable ByteBuf unread;
  private Phase phase = Phase.HEAD;
  private @Nullable Http1Call current;
  private int discarded;
  private long heldBytes;
  private boolean isDecoding;
  private boolean isQuiescing;
  private boolean isDirty;

  /** No further request is read: the last one has come. */
  private boolean isLast;

  /** The end was sent: what still comes is thrown away. */
  private boolean isFinished;

  private boolean isGone;
  private long finishedNanos;
  private long requestNanos = System.nanoTime();
  private long activeNanos = requestNanos;
  private long stalledNanos;
  private boolean isWithinRequest = true; // the first is to come at once
  private boolean hasStalled;
  private boolean hasRead;

  Http1Talk(HttpConnection connection) {
    this.connection = connection;
    int maxHead = (int) connection.options.maxHeader().value();
    this.decoder = new RequestDecoder(maxHead / 2, maxHead);
    this.writer = new AnswerWriter(connection.channel);
  }

  /** One request, in its place among those of the connection. */
  private final class Http1Call extends Call {
    private final Body body = new Body(connection.service);
    private final long sinceNanos = System.nanoTime();
    private int maxBodyBytes;
    private boolean isWhole;
    private boolean wantsContinue;
    private @Nullable Response response;

    private Http1Call(RequestHead head) {
      super(head, connection.origin);
    }

    @Override
    public boolean isGone() {
      return isGone || isFinished;
    }

    @Override
    protected void proceed(int max) {
      maxBodyBytes = max;
      if (this == current && phase == Phase.DECIDING) {
        phase = Phase.BODY;
        requestNanos = System.nanoTime();
        wantsContinue = head().expectsContinue() && head().hasBody();
        sendReady();
        decode();
      }
    }

    @Override
    protected void write(Response given) {
      Response own = given;
      if (this == current && !isWhole) {
        own = withoutBody(given);
      }
      response = own;
      sendReady();
      decode();
    }

    /** The answer comes before the body is whole: what still comes of it is nobody's. */
    private Response withoutBody(Response given) {
      RequestHead head = head();
      boolean mayDiscard =
          !isLast
              && !given.isLast()
              && !(head.expectsContinue()
                  && (phase == Phase.DECIDING || wantsContinue)
                  && head.hasBody())
              && head.bodyBytes() - body.length() <= MAX_DISCARDED_BYTES;
      if (mayDiscard) {
        phase = Phase.DISCARDING;
        discarded = 0;
        return given;
      }
      isLast = true;
      return given.last();
    }
  }

  @Override
  public void read(Object message) {
    if (isFinished || isLast || !(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    long now = System.nanoTime();
    activeNanos = now;
    hasRead = true;
    if (!isWithinRequest) {
      isWithinRequest = true;
      requestNanos = now;
    }
    ByteBuf before = unread;
    unread =
        before == null
            ? bytes
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(
                connection.channel.alloc(), before, bytes);
    decode();
  }

  private void decode() {
    if (isDecoding) {
      return; // an answer at once: the loop around goes on
    }
    isDecoding = true;
    try {
      while (mayDecode() && step()) {
        // the next event
      }
    } catch (RequestFault fault) {
      refuse(fault);
    } catch (RuntimeException fault) {
      connection.broken(fault);
    } finally {
      isDecoding = false;
      tidy();
    }
  }

  private boolean mayDecode() {
    boolean mayEnd = phase == Phase.BODY || phase == Phase.DISCARDING; // also where no byte follows
    return (unread != null || mayEnd)
        && !isFinished
        && phase != Phase.DECIDING
        && !(phase == Phase.HEAD && (isLast || isQuiescing || isFull()));
  }

  private boolean isFull() {
    return calls.size() >= connection.options.maxPipelined()
        || heldBytes >= MAX_HELD_BYTES
        || !connection.channel.isWritable();
  }

  private boolean step() throws RequestFault {
    ByteBuf in = unread == null ? Unpooled.EMPTY_BUFFER : unread;
    switch (decoder.next(in)) {
      case INCOMPLETE -> {
        return false;
      }
      case HEAD -> begin(decoder.head());
      case DATA -> data(in, decoder.dataBytes());
      case END -> end();
    }
    return true;
  }

  private void begin(RequestHead head) {
    Http1Call call = new Http1Call(head);
    calls.add(call);
    current = call;
    phase = Phase.DECIDING;
    connection.service.begin(call);
    isLast |= head.isLast();
  }

  private void data(ByteBuf in, int count) {
    Http1Call call = current;
    if (call == null || phase != Phase.BODY) {
      in.skipBytes(count);
      discarded += count;
      if (discarded > MAX_DISCARDED_BYTES) {
        isLast = true;
        phase = Phase.HEAD;
        current = null;
        endAfterAnswers();
      }
      return;
    }
    if (call.body.length() + count > call.maxBodyBytes) {
      in.skipBytes(count);
      connection.service.tooLarge(call, call.maxBodyBytes);
      return;
    }
    int before = call.body.held();
    if (!call.body.take(in, count, call.head().bodyBytes(), call.maxBodyBytes)) {
      in.skipBytes(count);
      connection.refused(RejectReason.OVERLOAD);
      call.answer(Problem.noRoom());
      return;
    }
    heldBytes += call.body.held() - before;
    call.wantsContinue = false;
  }

  /** The request is whole. */
  private void end() {
    Http1Call call = current;
    boolean isWanted = phase == Phase.BODY;
    phase = Phase.HEAD;
    current = null;
    isWithinRequest = unread != null && unread.isReadable();
    requestNanos = System.nanoTime();
    if (call != null) {
      call.isWhole = true;
      call.wantsContinue = false;
      if (isWanted) {
        connection.service.complete(call, call.body.whole());
      }
    }
  }

  /** The bytes are no request: RFC 9112 section 9.6, nothing that follows is looked at. */
  private void refuse(RequestFault fault) {
    connection.refused(
        fault.status() == Response.TOO_LARGE
            ? RejectReason.TOO_LARGE
            : RejectReason.PROTOCOL_ERROR);
    connection.warn(fault.detail() + "; closed");
    end(Problem.of(fault));
  }

  /** Answers the request that is being read, or the bytes that are none, as the last. */
  private void end(Response response) {
    isLast = true;
    Http1Call call = current;
    if (call == null || call.isAnswered()) {
      call = new Http1Call(NO_HEAD);
      calls.add(call);
    }
    current = null;
    phase = Phase.HEAD;
    dropUnread();
    call.answer(response.last());
  }

  /** Sends the answers whose turn has come. */
  private void sendReady() {
    while (!calls.isEmpty() && !isFinished && !isGone) {
      Http1Call first = calls.element();
      Response response = first.response;
      if (response == null) {
        if (first.wantsContinue) {
          first.wantsContinue = false;
          writer.writeContinue();
          dirty();
        }
        return;
      }
      calls.remove();
      heldBytes -= first.body.held();
      first.body.release();
      boolean isEnd =
          response.isLast()
              || first.head().isLast()
              || ((isQuiescing || isLast) && calls.isEmpty() && phase == Phase.HEAD);
      writer.write(first.head(), response, isEnd);
      activeNanos = System.nanoTime();
      requestNanos = phase == Phase.HEAD ? activeNanos : requestNanos;
      dirty();
      if (isEnd) {
        finish();
      }
    }
  }

  private void endAfterAnswers() {
    if (calls.isEmpty()) {
      finish();
    }
  }

  private void dirty() {
    if (!isDirty) {
      isDirty = true;
      connection.loop.unsent(this::flush);
    }
  }

  private void flush() {
    isDirty = false;
    writer.flush();
  }

  private void tidy() {
    ByteBuf rest = unread;
    if (rest != null && (isFinished || !rest.isReadable())) {
      dropUnread();
    }
    connection.channel.config().setAutoRead(isFinished || isLast || unread == null || mayDecode());
  }

  private void dropUnread() {
    ByteBuf rest = unread;
    if (rest != null) {
      unread = null;
      rest.release();
    }
  }

  @Override
  public void readComplete() {
    tidy();
  }

  @Override
  public void writable(boolean isWritable) {
    hasStalled = !isWritable;
    stalledNanos = System.nanoTime();
    decode();
  }

  @Override
  public void checkTimes(long now) {
    Http1Call first = calls.peek();
    if (isFinished) {
      if (now - finishedNanos > GracefulClose.LINGER_NANOS) {
        connection.channel.close();
      }
    } else if (hasStalled && now - stalledNanos > STALL_NANOS) {
      connection.warn("does not read what is sent to it; closed");
      connection.channel.close();
    } else if (first != null && first.response == null && isOverdue(first, now)) {
      connection.refused(RejectReason.OVERLOAD);
      isLast = true;
      first.answer(Problem.noVerdict());
    } else if (isSlow(now)) {
      connection.refused(RejectReason.PROTOCOL_ERROR);
      connection.warn("a request was not complete in time; closed");
      if (!hasRead) {
        connection.channel.close(); // nothing was asked, so nothing is answered
      } else {
        end(Problem.of(Response.REQUEST_TIMEOUT, "the request was not complete in time"));
      }
    } else if (calls.isEmpty()
        && !isWithinRequest
        && now - activeNanos > connection.options.keepAlive().toNanos()) {
      finish();
    }
  }

  /** The gateway does not answer: neither whose it is, nor what becomes of it. */
  private boolean isOverdue(Http1Call call, long now) {
    boolean isGateways = call.isWhole || (call == current && phase == Phase.DECIDING);
    return isGateways && now - call.sinceNanos > ANSWER_NANOS;
  }

  private boolean isSlow(long now) {
    Http1Call call = current;
    if (!isWithinRequest || phase == Phase.DECIDING || (phase == Phase.HEAD && isFull())) {
      return false;
    }
    int received = call == null ? 0 : call.body.length() + discarded;
    long bound =
        connection.options.requestTimeout().toNanos() + TimeUnit.SECONDS.toNanos(received / 1024);
    return now - requestNanos > bound;
  }

  @Override
  public boolean quiesce() {
    isQuiescing = true;
    for (Http1Call call : calls) {
      if (call.isWhole) {
        return false;
      }
    }
    return true;
  }

  /** Lingers: the reset that unread bytes cause would overtake the last answer. */
  @Override
  public void finish() {
    if (isFinished) {
      return;
    }
    isFinished = true;
    finishedNanos = System.nanoTime();
    connection.origin.ended();
    current = null;
    phase = Phase.HEAD;
    releaseCalls();
    connection.channel.config().setAutoRead(true);
    if (connection.channel instanceof DuplexChannel duplex) {
      writer.flush();
      connection
          .channel
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(_ -> GracefulClose.of(duplex));
    } else {
      connection.channel.close();
    }
  }

  @Override
  public void caught(Throwable cause) {
    connection.broken(cause);
  }

  @Override
  public void gone() {
    isGone = true;
    writer.drop();
    dropUnread();
    releaseCalls();
  }

  private void releaseCalls() {
    List<Http1Call> ended = List.copyOf(calls);
    calls.clear();
    for (Http1Call call : ended) {
      call.body.release();
      call.gone();
    }
    heldBytes = 0;
  }
}
