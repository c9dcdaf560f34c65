package io.sluice.adapter.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import io.sluice.adapter.http.message.Fields;
import io.sluice.adapter.http.message.HeadParser;
import io.sluice.adapter.http.message.Problem;
import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import io.sluice.adapter.http.request.Call;
import io.sluice.api.RejectReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/2 on one connection (RFC 9113), by Netty's frame codec: a stream is a request. The codec
 * bounds streams, header lists, empty frames, resets and settings that a peer may send. Confined to
 * the event loop.
 */
// a write that fails closes the channel: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Talk implements Talk {
  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Resets of a peer within so many seconds; beyond it the connection ends (CVE-2023-44487). */
  private static final int MAX_RESETS = 100;

  private static final int RESETS_SECONDS = 30;

  /** Of a body behind its answer. */
  private static final int MAX_DISCARDED_BYTES = 4 << 20;

  private static final int MAX_EMPTY_FRAMES = 2;

  private final HttpConnection connection;
  private final ChannelHandlerContext context;
  private final Map<Http2FrameStream, Http2Call> calls = new HashMap<>();
  private boolean isDirty;
  private boolean isQuiescing;
  private boolean isGone;
  private long activeNanos = System.nanoTime();
  private long stalledNanos;
  private boolean hasStalled;

  private Http2Talk(HttpConnection connection, ChannelHandlerContext context) {
    this.connection = connection;
    this.context = context;
  }

  /** Puts the codec before the connection's own handler. */
  static Http2Talk begin(HttpConnection connection, ChannelHandlerContext context) {
    int maxStreams = connection.options.maxPipelined();
    Http2FrameCodec codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(maxStreams)
                    .maxHeaderListSize(connection.options.maxHeader().value()))
            .decoderEnforceMaxRstFramesPerWindow(Math.max(MAX_RESETS, maxStreams), RESETS_SECONDS)
            .decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_FRAMES)
            .gracefulShutdownTimeoutMillis(1000)
            .build();
    Http2Talk talk = new Http2Talk(connection, context);
    context.pipeline().addBefore(context.name(), null, codec);
    return talk;
  }

  /** One stream. */
  private final class Http2Call extends Call {
    private final Http2FrameStream stream;
    private final Body body = new Body(connection.service);
    private final long sinceNanos = System.nanoTime();
    private int maxBodyBytes = Integer.MAX_VALUE;

    /** Bytes that the peer may send again once the body is wanted. */
    private int unreturned;

    private int discarded;
    private boolean isWanted;
    private boolean isWhole;
    private boolean isClosed;

    private Http2Call(RequestHead head, Http2FrameStream stream) {
      super(head, connection.origin);
      this.stream = stream;
    }

    @Override
    public boolean isGone() {
      return isClosed || isGone;
    }

    @Override
    protected void proceed(int max) {
      maxBodyBytes = max;
      isWanted = true;
      if (head().expectsContinue() && !isWhole && body.length() == 0) {
        send(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("100")).stream(stream));
      }
      if (body.length() > max) {
        connection.service.tooLarge(this, max);
      } else {
        returnWindow();
        complete();
      }
    }

    private void complete() {
      if (isWanted && isWhole && !isAnswered()) {
        connection.service.complete(this, body.whole());
      }
    }

    private void returnWindow() {
      if (unreturned > 0) {
        send(new DefaultHttp2WindowUpdateFrame(unreturned).stream(stream));
        unreturned = 0;
      }
    }

    private void data(Http2DataFrame frame) {
      ByteBuf content = frame.content();
      int count = content.readableBytes();
      unreturned += frame.initialFlowControlledBytes();
      if (isAnswered()) {
        discard(count);
      } else if (body.length() + count > maxBodyBytes) {
        connection.service.tooLarge(this, maxBodyBytes);
      } else if (!body.take(
          content, count, head().bodyBytes(), Math.min(maxBodyBytes, body.length() + (1 << 20)))) {
        connection.refused(RejectReason.OVERLOAD);
        answer(Problem.noRoom());
      } else if (isWanted) {
        returnWindow();
      }
    }

    /** What comes behind the answer is nobody's; clients like to send it all the same. */
    private void discard(int count) {
      discarded += count;
      if (discarded > MAX_DISCARDED_BYTES) {
        reset(this);
      } else {
        returnWindow();
      }
    }

    @Override
    protected void write(Response response) {
      body.release();
      if (isGone()) {
        return;
      }
      returnWindow();
      boolean hasBody = response.body().length > 0 && !head().method().equals("HEAD");
      send(new DefaultHttp2HeadersFrame(headers(response), !hasBody).stream(stream));
      if (hasBody) {
        send(
            new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(response.body()), true)
                .stream(stream));
      }
      if (response.isLast()) {
        finish();
      }
    }
  }

  private static Http2Headers headers(Response response) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    headers.status(Integer.toString(response.status()));
    headers.add("date", new String(AnswerWriter.date(), StandardCharsets.US_ASCII));
    if (response.contentType() != null) {
      headers.add("content-type", response.contentType());
    }
    if (response.status() != Response.NO_CONTENT) {
      headers.add("content-length", Integer.toString(response.body().length));
    }
    List<String> fields = response.fields();
    for (int i = 0; i < fields.size(); i += 2) {
      headers.add(fields.get(i), fields.get(i + 1).replace('\r', ' ').replace('\n', ' '));
    }
    return headers;
  }

  @Override
  public void read(Object message) {
    activeNanos = System.nanoTime();
    try {
      switch (message) {
        case Http2HeadersFrame frame -> headers(frame);
        case Http2DataFrame frame -> data(frame);
        case Http2ResetFrame frame -> closed(frame.stream());
        default -> {
          // settings, pings and the like, which the codec has answered
        }
      }
    } catch (RuntimeException fault) {
      connection.broken(fault);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void headers(Http2HeadersFrame frame) {
    Http2FrameStream stream = frame.stream();
    if (stream == null) {
      return;
    }
    Http2Call known = calls.get(stream);
    if (known != null) { // trailers: read, and thrown away
      whole(known, frame.isEndStream());
      return;
    }
    Http2Call call;
    try {
      call = new Http2Call(head(frame), stream);
    } catch (RequestFault fault) {
      connection.refused(RejectReason.PROTOCOL_ERROR);
      call = new Http2Call(NO_HEAD, stream);
      calls.put(stream, call);
      call.isWhole = frame.isEndStream();
      call.answer(Problem.of(fault));
      return;
    }
    calls.put(stream, call);
    call.isWhole = frame.isEndStream();
    connection.service.begin(call);
  }

  private static final RequestHead NO_HEAD =
      new RequestHead("", "/", "/", null, new Fields(), 0, false, false, false);

  /** RFC 9113 section 8.3.1. */
  private static RequestHead head(Http2HeadersFrame frame) throws RequestFault {
    Http2Headers headers = frame.headers();
    CharSequence method = headers.method();
    CharSequence path = headers.path();
    if (method == null || path == null || path.isEmpty()) {
      throw new RequestFault(Response.BAD_REQUEST, "the stream has no :method or no :path");
    }
    Fields fields = new Fields();
    List<String> names = new ArrayList<>();
    for (Map.Entry<CharSequence, CharSequence> each : headers) {
      String name = each.getKey().toString();
      if (name.startsWith(":")) {
        continue;
      }
      if (!name.equals(name.toLowerCase(Locale.ROOT)) || !HeadParser.isToken(name)) {
        throw new RequestFault(Response.BAD_REQUEST, "a header name must be a token in lower case");
      }
      if (names.size() == HeadParser.MAX_FIELDS) {
        throw new RequestFault(431, "too many header fields; send fewer");
      }
      names.add(name);
      fields.add(name, value(name, each.getValue().toString()));
    }
    String length = fields.only("content-length");
    long bodyBytes =
        length != null ? HeadParser.length(length) : frame.isEndStream() ? 0 : RequestHead.CHUNKED;
    String target = path.toString();
    if (target.chars().anyMatch(c -> c <= ' ' || c >= 0x7F || c == '#')) {
      throw new RequestFault(Response.BAD_REQUEST, ":path must be of visible ASCII");
    }
    return HeadParser.of(method.toString(), target, fields, bodyBytes, false, false);
  }

  private static String value(String name, String value) throws RequestFault {
    if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7F)) {
      throw new RequestFault(
          Response.BAD_REQUEST, "the header " + name + " has a control character");
    }
    return value.strip();
  }

  private void data(Http2DataFrame frame) {
    Http2Call call = calls.get(frame.stream());
    if (call != null) {
      call.data(frame);
      whole(call, frame.isEndStream());
    }
  }

  private static void whole(Http2Call call, boolean isEnd) {
    if (isEnd) {
      call.isWhole = true;
      call.complete();
    }
  }

  /** RFC 9113 section 8.1: the answer is whole, and no more of the request is wanted. */
  private void reset(Http2Call call) {
    send(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR).stream(call.stream));
    closed(call.stream);
  }

  /** An event of the pipeline: a stream that has ended is known no more. */
  void event(Object event) {
    if (event instanceof Http2FrameStreamEvent change
        && change.type() == Http2FrameStreamEvent.Type.State
        && change.stream().state() == Http2Stream.State.CLOSED) {
      closed(change.stream());
    }
  }

  private void closed(@Nullable Http2FrameStream stream) {
    Http2Call call = calls.remove(stream);
    if (call != null && !call.isClosed) {
      call.isClosed = true;
      call.body.release();
      call.gone();
    }
    if (isQuiescing && calls.isEmpty()) {
      activeNanos = System.nanoTime();
    }
  }

  private void send(Object frame) {
    context.write(frame);
    if (!isDirty) {
      isDirty = true;
      connection.loop.unsent(this::flush);
    }
  }

  private void flush() {
    isDirty = false;
    context.flush();
  }

  @Override
  public void readComplete() {
    // what was answered is sent at the end of the turn
  }

  @Override
  public void writable(boolean isWritable) {
    hasStalled = !isWritable;
    stalledNanos = System.nanoTime();
  }

  @Override
  public void checkTimes(long now) {
    if (hasStalled && now - stalledNanos > ANSWER_NANOS / 2) {
      connection.warn("does not read what is sent to it; closed");
      connection.channel.close();
      return;
    }
    for (Http2Call call : List.copyOf(calls.values())) {
      check(call, now);
    }
    if (calls.isEmpty() && now - activeNanos > connection.options.keepAlive().toNanos()) {
      finish();
    }
  }

  private void check(Http2Call call, long now) {
    long age = now - call.sinceNanos;
    long bound =
        connection.options.requestTimeout().toNanos()
            + TimeUnit.SECONDS.toNanos(call.body.length() / 1024);
    if (call.isAnswered()) {
      if (!call.isWhole && age > bound) {
        reset(call);
      }
      return;
    }
    if (call.isWanted && !call.isWhole && age > bound) {
      connection.refused(RejectReason.PROTOCOL_ERROR);
      call.answer(Problem.of(Response.REQUEST_TIMEOUT, "the request was not complete in time"));
    } else if (age > ANSWER_NANOS && (call.isWhole || !call.isWanted)) {
      connection.refused(RejectReason.OVERLOAD);
      call.answer(Problem.noVerdict());
    }
  }

  @Override
  public boolean quiesce() {
    if (!isQuiescing) {
      isQuiescing = true;
      context.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }
    return calls.values().stream().allMatch(call -> call.isAnswered() || !call.isWhole);
  }

  @Override
  public void finish() {
    if (!isGone) {
      context.flush();
      context.close(); // the codec says GOAWAY first
    }
  }

  @Override
  public void caught(Throwable cause) {
    if (cause instanceof Http2FrameStreamException ofStream) {
      connection.refused(RejectReason.PROTOCOL_ERROR);
      send(new DefaultHttp2ResetFrame(ofStream.error()).stream(ofStream.stream()));
      closed(ofStream.stream());
    } else {
      connection.refused(RejectReason.PROTOCOL_ERROR);
      connection.warn("HTTP/2: " + cause.getMessage() + "; closed");
      connection.channel.close();
    }
  }

  @Override
  public void gone() {
    isGone = true;
    List<Http2Call> ended = List.copyOf(calls.values());
    calls.clear();
    for (Http2Call call : ended) {
      call.body.release();
      call.gone();
    }
  }
}
