package io.sluice.adapter.http.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.adapter.http.message.HeadParser;
import io.sluice.adapter.http.message.RequestFault;
import io.sluice.adapter.http.message.RequestHead;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes the bytes of one HTTP/1 connection apart (RFC 9112): heads, pieces of bodies, ends. Keeps
 * no bytes of its own but the last head: a device that sends the same head again costs no parsing.
 * Confined to the event loop.
 */
final class RequestDecoder {
  /** What comes next. */
  enum Event {
    /** More bytes are needed. */
    INCOMPLETE,
    /** {@link #head} is there. */
    HEAD,
    /** {@link #dataBytes} bytes of the body stand at the reader index, for the caller to take. */
    DATA,
    /** The request is whole. */
    END
  }

  private enum State {
    HEAD,
    LENGTH,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    END
  }

  private static final byte CR = '\r';
  private static final byte LF = '\n';

  /** A chunk's size with its extensions. */
  private static final int MAX_CHUNK_LINE_BYTES = 256;

  /** 4 GB, which no bound lets in. */
  private static final int MAX_SIZE_DIGITS = 8;

  private final int maxLineBytes;
  private final int maxHeadBytes;
  private State state = State.HEAD;
  private @Nullable RequestHead head;
  private byte[] lastHead = {};
  private ByteBuf lastHeadBytes = Unpooled.EMPTY_BUFFER;

  /** Bytes of the head or line that were looked at already. */
  private int scanned;

  /** Where the line begins that is not whole, from the reader index. */
  private int line;

  private long left;
  private int dataBytes;
  private int trailerBytes;
  private boolean hasSkipped;

  /**
   * @param maxLineBytes longest request line
   * @param maxHeadBytes largest head, request line included
   */
  RequestDecoder(int maxLineBytes, int maxHeadBytes) {
    this.maxLineBytes = maxLineBytes;
    this.maxHeadBytes = maxHeadBytes;
  }

  /** The head that was decoded last. */
  RequestHead head() {
    return Objects.requireNonNull(head);
  }

  /** How many bytes of a body stand there. */
  int dataBytes() {
    return dataBytes;
  }

  /** Whether a request has begun that is not whole. */
  boolean isWithin() {
    return state != State.HEAD;
  }

  /**
   * The next event.
   *
   * @param in is read from but for bytes of a body
   * @throws RequestFault where it is not HTTP, or beyond a bound; nothing that follows can be
   *     trusted
   */
  Event next(ByteBuf in) throws RequestFault {
    while (true) {
      @Nullable Event event =
          switch (state) {
            case HEAD -> readHead(in);
            case LENGTH, CHUNK_DATA -> data(in);
            case CHUNK_SIZE -> chunkSize(in);
            case CHUNK_END -> chunkEnd(in);
            case TRAILER -> trailer(in);
            case END -> end();
          };
      if (event != null) {
        return event;
      }
    }
  }

  private Event end() {
    state = State.HEAD;
    return Event.END;
  }

  private Event readHead(ByteBuf in) throws RequestFault {
    if (scanned == 0 && isSame(in)) {
      in.skipBytes(lastHead.length);
      return begin(head());
    }
    if (scanned == 0 && !skipEmptyLine(in)) {
      return Event.INCOMPLETE;
    }
    int from = in.readerIndex();
    while (true) {
      int end = lineEnd(in, maxHeadBytes);
      boolean isFirst = line == 0;
      int soFar = end < 0 ? scanned : end - from + 1;
      if (isFirst && soFar - 2 > maxLineBytes) {
        throw new RequestFault(414, "the request line is longer than " + maxLineBytes + " bytes");
      }
      if (soFar > maxHeadBytes) {
        throw new RequestFault(431, "the head is larger than " + maxHeadBytes + " bytes");
      }
      if (end < 0) {
        return Event.INCOMPLETE;
      }
      boolean isEmpty = end - from == line + 1;
      line = soFar;
      if (isEmpty) {
        break;
      }
    }
    byte[] bytes = ByteBufUtil.getBytes(in, from, line);
    in.skipBytes(line);
    scanned = 0;
    line = 0;
    RequestHead parsed = HeadParser.parse(bytes);
    head = parsed;
    lastHead = bytes;
    lastHeadBytes = Unpooled.wrappedBuffer(bytes);
    return begin(parsed);
  }

  private boolean isSame(ByteBuf in) {
    int length = lastHead.length;
    return length > 0
        && in.readableBytes() >= length
        && ByteBufUtil.equals(in, in.readerIndex(), lastHeadBytes, 0, length);
  }

  /** RFC 9112 section 2.2: one empty line before a request is passed over; false: not known yet. */
  private boolean skipEmptyLine(ByteBuf in) throws RequestFault {
    if (!in.isReadable() || in.getByte(in.readerIndex()) != CR) {
      return true;
    }
    if (in.readableBytes() < 2) {
      return false;
    }
    if (hasSkipped || in.getByte(in.readerIndex() + 1) != LF) {
      throw new RequestFault(400, "an empty request line");
    }
    hasSkipped = true;
    in.skipBytes(2);
    return true;
  }

  private Event begin(RequestHead next) {
    hasSkipped = false;
    left = next.bodyBytes();
    state = left == RequestHead.CHUNKED ? State.CHUNK_SIZE : left == 0 ? State.END : State.LENGTH;
    trailerBytes = 0;
    return Event.HEAD;
  }

  /**
   * The index of the LF of the next line, which must stand behind a CR; -1 where the line is not
   * whole. Looks at each byte once.
   */
  private int lineEnd(ByteBuf in, int maxBytes) throws RequestFault {
    int from = in.readerIndex();
    int stop = Math.min(in.writerIndex(), from + maxBytes + 2);
    int at = from + scanned >= stop ? -1 : in.indexOf(from + scanned, stop, LF);
    if (at < 0) {
      scanned = stop - from;
      return -1;
    }
    if (at == from + line || in.getByte(at - 1) != CR) {
      throw new RequestFault(400, "a line ends in LF alone; each must end in CR LF");
    }
    scanned = at - from + 1;
    return at;
  }

  private @Nullable Event data(ByteBuf in) {
    if (left == 0) {
      state = state == State.LENGTH ? State.END : State.CHUNK_END;
      return null;
    }
    int some = (int) Math.min(left, in.readableBytes());
    if (some == 0) {
      return Event.INCOMPLETE;
    }
    left -= some;
    dataBytes = some;
    return Event.DATA;
  }

  private @Nullable Event chunkSize(ByteBuf in) throws RequestFault {
    byte[] text = line(in, MAX_CHUNK_LINE_BYTES, "the size of a chunk");
    if (text == null) {
      return Event.INCOMPLETE;
    }
    int digits = 0;
    long size = 0;
    while (digits < text.length && digit(text[digits]) >= 0) {
      size = size * 16 + digit(text[digits]);
      digits++;
      if (digits > MAX_SIZE_DIGITS) {
        throw new RequestFault(413, "a chunk of 4 GB or more");
      }
    }
    if (digits == 0 || !isExtension(text, digits)) {
      throw new RequestFault(400, "a chunk must begin with its size in hexadecimal digits");
    }
    left = size;
    state = size == 0 ? State.TRAILER : State.CHUNK_DATA;
    return null;
  }

  /** RFC 9112 section 7.1.1: extensions that nobody knows are passed over. */
  private static boolean isExtension(byte[] text, int from) {
    int at = from;
    while (at < text.length && (text[at] == ' ' || text[at] == '\t')) {
      at++;
    }
    if (at == text.length) {
      return at == from;
    }
    for (int i = at; i < text.length; i++) {
      if ((text[i] >= 0 && text[i] < ' ' && text[i] != '\t') || text[i] == 0x7F) {
        return false;
      }
    }
    return text[at] == ';';
  }

  private @Nullable Event chunkEnd(ByteBuf in) throws RequestFault {
    if (in.readableBytes() < 2) {
      if (in.isReadable() && in.getByte(in.readerIndex()) != CR) {
        throw new RequestFault(400, "a chunk is longer than its size");
      }
      return Event.INCOMPLETE;
    }
    if (in.readByte() != CR || in.readByte() != LF) {
      throw new RequestFault(400, "a chunk is longer than its size");
    }
    state = State.CHUNK_SIZE;
    return null;
  }

  /** Trailers are read, and thrown away: RFC 9110 section 6.5.1. */
  private @Nullable Event trailer(ByteBuf in) throws RequestFault {
    byte[] text = line(in, maxHeadBytes, "a trailer");
    if (text == null) {
      return Event.INCOMPLETE;
    }
    trailerBytes += text.length;
    if (trailerBytes > maxHeadBytes) {
      throw new RequestFault(431, "the trailers are larger than " + maxHeadBytes + " bytes");
    }
    if (text.length == 0) {
      state = State.END;
    } else if (!isField(text)) {
      throw new RequestFault(400, "a trailer must be: name, colon at once, value");
    }
    return null;
  }

  private static boolean isField(byte[] text) {
    String all = new String(text, java.nio.charset.StandardCharsets.ISO_8859_1);
    int colon = all.indexOf(':');
    return colon > 0
        && HeadParser.isToken(all.substring(0, colon))
        && all.chars().noneMatch(c -> (c < ' ' && c != '\t') || c == 0x7F);
  }

  /** The next line without its end; null where it is not whole. */
  private byte @Nullable [] line(ByteBuf in, int maxBytes, String what) throws RequestFault {
    int end = lineEnd(in, maxBytes);
    if (end < 0) {
      if (scanned > maxBytes) {
        throw new RequestFault(400, what + " is longer than " + maxBytes + " bytes");
      }
      return null;
    }
    int from = in.readerIndex();
    byte[] text = ByteBufUtil.getBytes(in, from, end - 1 - from);
    for (byte each : text) {
      if (each == CR) {
        throw new RequestFault(400, what + " has a CR without LF");
      }
    }
    in.readerIndex(end + 1);
    scanned = 0;
    return text;
  }

  private static int digit(byte b) {
    return b >= 0 ? Character.digit((char) b, 16) : -1;
  }
}
