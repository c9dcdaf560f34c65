package io.sluice.sim.link;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Takes what a server sends apart into answers: status, a few fields, and a body of known length.
 * Of one connection; keeps what is not whole, {@value #MOST_BYTES} bytes at the most.
 */
final class HttpAnswers {
  static final int MOST_BYTES = 1 << 20;
  private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

  /**
   * One answer.
   *
   * @param retryAfterSeconds 0 where nothing is said
   * @param isLast whether the server ends the connection behind it
   */
  record Answer(int status, int retryAfterSeconds, boolean isLast, String body) {}

  private byte[] rest = {};

  /**
   * The answers that are whole now.
   *
   * @throws IllegalStateException where it is not HTTP
   */
  List<Answer> read(ByteBuf in) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(rest.length + in.readableBytes());
    all.writeBytes(rest);
    byte[] more = new byte[in.readableBytes()];
    in.readBytes(more);
    all.writeBytes(more);
    byte[] bytes = all.toByteArray();
    if (bytes.length > MOST_BYTES) {
      throw new IllegalStateException("an answer of more than " + MOST_BYTES + " bytes");
    }
    List<Answer> answers = new ArrayList<>(1);
    int at = 0;
    while (true) {
      int head = endOfHead(bytes, at);
      if (head < 0) {
        break;
      }
      String[] lines =
          new String(bytes, at, head - at, StandardCharsets.ISO_8859_1).split("\r\n", -1);
      int length = number(lines, "content-length");
      if (bytes.length - head - END_OF_HEAD.length < length) {
        break;
      }
      int status = status(lines[0]);
      String body = new String(bytes, head + END_OF_HEAD.length, length, StandardCharsets.UTF_8);
      if (status >= 200) { // 100 Continue is none
        answers.add(
            new Answer(
                status,
                number(lines, "retry-after"),
                value(lines, "connection").equalsIgnoreCase("close"),
                body));
      }
      at = head + END_OF_HEAD.length + length;
    }
    rest = Arrays.copyOfRange(bytes, at, bytes.length);
    return answers;
  }

  private static int endOfHead(byte[] bytes, int from) {
    for (int i = from; i + END_OF_HEAD.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + END_OF_HEAD.length, END_OF_HEAD, 0, END_OF_HEAD.length)) {
        return i;
      }
    }
    return -1;
  }

  private static int status(String line) {
    if (!line.startsWith("HTTP/1.") || line.length() < 12) {
      throw new IllegalStateException("no answer of HTTP/1: " + line);
    }
    return Integer.parseInt(line.substring(9, 12));
  }

  private static int number(String[] lines, String name) {
    String value = value(lines, name);
    return value.isEmpty() ? 0 : Integer.parseInt(value);
  }

  private static String value(String[] lines, String name) {
    for (String line : lines) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
        return line.substring(name.length() + 1).strip();
      }
    }
    return "";
  }
}
