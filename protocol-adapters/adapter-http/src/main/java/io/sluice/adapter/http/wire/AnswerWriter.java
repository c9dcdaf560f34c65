package io.sluice.adapter.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers of one HTTP/1 connection: those of one turn of the event loop as one buffer.
 * Confined to the event loop.
 */
// a write or close that fails leaves a channel that is closed: its future says nothing more
@SuppressWarnings("FutureReturnValueIgnored")
final class AnswerWriter {
  private static final int FIRST_BYTES = 256;
  private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");
  private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\ndate: ");
  private static final byte[] EMPTY = ascii("\r\ncontent-length: 0\r\n\r\n");

  /** IMF-fixdate of RFC 9110 section 5.6.7. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Second(long epochSecond, byte[] date) {}

  /** The date of this second, whoever made it. */
  private static volatile Second now = new Second(Long.MIN_VALUE, new byte[0]);

  private final Channel channel;
  private @Nullable ByteBuf out;

  AnswerWriter(Channel channel) {
    this.channel = channel;
  }

  private ByteBuf out() {
    ByteBuf own = out;
    if (own == null) {
      own = channel.alloc().buffer(FIRST_BYTES);
      out = own;
    }
    return own;
  }

  void writeContinue() {
    out().writeBytes(CONTINUE);
  }

  /**
   * Writes an answer.
   *
   * @param isLast whether the connection ends behind it
   */
  void write(RequestHead head, Response response, boolean isLast) {
    ByteBuf to = out();
    byte[] body = response.body();
    boolean isKept = !isLast && !head.isOld();
    if (isKept
        && response.status() == Response.OK
        && body.length == 0
        && response.fields().isEmpty()) {
      to.writeBytes(OK).writeBytes(date()).writeBytes(EMPTY);
      return;
    }
    StringBuilder text = new StringBuilder(FIRST_BYTES);
    text.append("HTTP/1.1 ")
        .append(response.status())
        .append(' ')
        .append(Response.phrase(response.status()))
        .append("\r\ndate: ")
        .append(new String(date(), StandardCharsets.US_ASCII));
    if (response.contentType() != null) {
      text.append("\r\ncontent-type: ").append(response.contentType());
    }
    if (response.status() != Response.NO_CONTENT) {
      text.append("\r\ncontent-length: ").append(body.length);
    }
    List<String> fields = response.fields();
    for (int i = 0; i < fields.size(); i += 2) {
      text.append("\r\n").append(fields.get(i)).append(": ").append(oneLine(fields.get(i + 1)));
    }
    if (isLast) {
      text.append("\r\nconnection: close");
    } else if (head.isOld()) {
      text.append("\r\nconnection: keep-alive");
    }
    to.writeCharSequence(text.append("\r\n\r\n"), StandardCharsets.ISO_8859_1);
    if (!head.method().equals("HEAD")) {
      to.writeBytes(body);
    }
  }

  /** What a peer has said may stand in a field of the answer, but not begin another. */
  private static String oneLine(String value) {
    return value.indexOf('\r') < 0 && value.indexOf('\n') < 0
        ? value
        : value.replace('\r', ' ').replace('\n', ' ');
  }

  /** Sends what was written. */
  void flush() {
    ByteBuf own = out;
    if (own != null) {
      out = null;
      channel.writeAndFlush(own, channel.voidPromise());
    }
  }

  /** The connection has gone. */
  void drop() {
    ByteBuf own = out;
    if (own != null) {
      out = null;
      own.release();
    }
  }

  /** The date of now; for the header of that name. */
  static byte[] date() {
    long second = System.currentTimeMillis() / 1000;
    Second known = now;
    if (known.epochSecond != second) {
      known = new Second(second, ascii(DATE.format(Instant.ofEpochSecond(second))));
      now = known;
    }
    return known.date;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
