package io.sluice.adapter.mqtt.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.sluice.adapter.mqtt.session.MqttOptions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MQTT in the binary frames of a WebSocket: MQTT 5 section 6 and RFC 6455. A packet may be spread
 * over frames, and a frame may hold several.
 */
final class WebSocketHandlers {
  private static final int MAX_REQUEST_BYTES = 8 << 10;

  /** RFC 6455 section 4.1: a nonce of 16 bytes. */
  private static final int KEY_BYTES = 16;

  private WebSocketHandlers() {}

  /** Puts the WebSocket in front of the MQTT pipeline. */
  static void addTo(ChannelPipeline pipeline, String path, MqttOptions options) {
    pipeline
        .addLast(new HttpServerCodec(4096, MAX_REQUEST_BYTES, MAX_REQUEST_BYTES))
        .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES, true))
        .addLast(new ElsewhereHandler(path))
        .addLast(
            new WebSocketServerProtocolHandler(
                WebSocketServerProtocolConfig.newBuilder()
                    .websocketPath(path)
                    .checkStartsWith(true) // a query may follow; the path is judged above
                    .subprotocols("mqtt") // [MQTT-6.0.0-3], [MQTT-6.0.0-4]
                    .decoderConfig(frames(options))
                    .handshakeTimeoutMillis(options.connectTimeout().toMillis())
                    .build()))
        .addLast(new Frames());
  }

  /** A Close frame is sent by the connection, once: RFC 6455 section 5.5.1. */
  private static WebSocketDecoderConfig frames(MqttOptions options) {
    return WebSocketDecoderConfig.newBuilder()
        .maxFramePayloadLength(options.packetBytes() + 16)
        .closeOnProtocolViolation(false)
        .withUTF8Validator(false) // text is refused whatever it says
        .build();
  }

  /** Answers whoever asks for another path or no WebSocket at all. */
  private static final class ElsewhereHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final String path;

    private ElsewhereHandler(String path) {
      super(false);
      this.path = path;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // closes either way
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      String asked = request.uri().split("\\?", 2)[0];
      boolean isUpgrade = request.headers().contains(HttpHeaderNames.UPGRADE, "websocket", true);
      HttpResponseStatus fault = asked.equals(path) && isUpgrade ? fault(request) : null;
      if (fault != null) {
        answer(context, request, fault, "this is no WebSocket handshake by RFC 6455\n");
        return;
      }
      if (asked.equals(path) && isUpgrade) {
        context.pipeline().remove(this);
        context.fireChannelRead(request);
        return;
      }
      answer(
          context,
          request,
          asked.equals(path) ? HttpResponseStatus.UPGRADE_REQUIRED : HttpResponseStatus.NOT_FOUND,
          "this is an MQTT listener: open a WebSocket at " + path + "\n");
    }

    /** What the opening handshake breaks of RFC 6455 section 4.2.1, null where it is right. */
    private static @Nullable HttpResponseStatus fault(FullHttpRequest request) {
      HttpHeaders headers = request.headers();
      if (request.decoderResult().isFailure()) {
        return request.decoderResult().cause() instanceof TooLongHttpHeaderException
            ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            : HttpResponseStatus.BAD_REQUEST;
      }
      if (!"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
        return HttpResponseStatus.UPGRADE_REQUIRED;
      }
      boolean isRight =
          request.method().equals(HttpMethod.GET)
              && request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0
              && isKey(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY));
      return isRight ? null : HttpResponseStatus.BAD_REQUEST;
    }

    private static boolean isKey(@Nullable String key) {
      try {
        return key != null && Base64.getDecoder().decode(key).length == KEY_BYTES;
      } catch (IllegalArgumentException noBase64) {
        return false;
      }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // closes either way
    private static void answer(
        ChannelHandlerContext context,
        FullHttpRequest request,
        HttpResponseStatus status,
        String text) {
      request.release();
      byte[] hint = text.getBytes(StandardCharsets.UTF_8);
      DefaultFullHttpResponse answer =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, status, context.alloc().buffer(hint.length).writeBytes(hint));
      if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
        answer.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
      }
      answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, hint.length);
      answer.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
      answer.headers().set(HttpHeaderNames.CONNECTION, "close");
      context.writeAndFlush(answer).addListener(_ -> context.close());
    }
  }

  private static final class Frames extends MessageToMessageCodec<WebSocketFrame, ByteBuf> {
    @Override
    protected void encode(ChannelHandlerContext context, ByteBuf packet, List<Object> out) {
      out.add(new BinaryWebSocketFrame(packet.retain()));
    }

    @Override
    protected void decode(ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) {
      if (!(frame instanceof BinaryWebSocketFrame)
          && !(frame instanceof ContinuationWebSocketFrame)) {
        // [MQTT-6.0.0-1]
        throw new CorruptedWebSocketFrameException(
            WebSocketCloseStatus.INVALID_MESSAGE_TYPE, "MQTT travels in binary frames");
      }
      out.add(frame.content().retain());
    }
  }
}
