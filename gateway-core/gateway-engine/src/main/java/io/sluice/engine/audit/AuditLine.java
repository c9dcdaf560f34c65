package io.sluice.engine.audit;

import io.sluice.api.audit.AuditEvent;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit log: a JSON object in UTF-8, its members always in this order, no space
 * between them, ended by a line feed.
 *
 * <pre>
 * {"seq":7,"time":"2026-01-02T03:04:05.006Z","action":"session.refused","who":"press-07",
 *  "from":"10.0.0.7:51000","target":null,"result":"refused","detail":"wrong password",
 *  "times":12,            where the line stands for more than one event
 *  "key":"0a1b2c3d",      where it is chained with a key: the key's name
 *  "prev":"64 digits",    hash of the line before; 64 zeros: there is none
 *  "hash":"64 digits"}    SHA-256 or HMAC-SHA-256 of all bytes of the line before ,"hash":
 * </pre>
 *
 * <p>Read by position from both ends: within a string no quote stands unescaped, so that no value
 * can pass for a member. A text has at most {@link #MAX_TEXT_CHARACTERS} characters; what is not
 * printable in it is escaped.
 *
 * @param seq number of the line, from 1, without gaps over all files
 * @param time as it is written
 * @param keyName null where it is chained without a key
 */
record AuditLine(long seq, String time, @Nullable String keyName, String prev, String hash) {
  static final int MAX_TEXT_CHARACTERS = 512;

  /** More than any line has: five texts, each character escaped, and the rest. */
  static final int MAX_BYTES = 5 * 6 * MAX_TEXT_CHARACTERS + 1024;

  private static final String SEQ = "{\"seq\":";
  private static final String TIME = ",\"time\":\"";
  private static final String KEY = ",\"key\":\"";
  private static final String PREV = ",\"prev\":\"";
  private static final String HASH = ",\"hash\":\"";
  private static final int MAX_SEQ_DIGITS = 15;
  private static final int HASH_MEMBER = HASH.length() + AuditHash.DIGITS + 2;
  private static final int PREV_MEMBER = PREV.length() + AuditHash.DIGITS + 1;
  private static final int KEY_MEMBER = KEY.length() + AuditHash.KEY_NAME_DIGITS + 1;

  /** A line as it is written, and the hash that the next one follows. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Encoded(byte[] bytes, String hash) {}

  static Encoded encode(long seq, AuditEntry entry, String prev, AuditHash hash) {
    AuditEvent event = entry.event();
    StringBuilder line = new StringBuilder(512).append(SEQ).append(seq);
    line.append(TIME).append(entry.time().truncatedTo(ChronoUnit.MILLIS)).append('"');
    text(line, "action", event.action());
    text(line, "who", event.who());
    text(line, "from", event.from());
    text(line, "target", event.target());
    text(line, "result", event.result().name().toLowerCase(Locale.ROOT));
    text(line, "detail", event.detail());
    if (entry.times() > 1) {
      line.append(",\"times\":").append(entry.times());
    }
    if (hash.keyName() != null) {
      line.append(KEY).append(hash.keyName()).append('"');
    }
    line.append(PREV).append(prev).append('"');
    byte[] content = line.toString().getBytes(StandardCharsets.UTF_8);
    String own = hash.hex(content, 0, content.length);
    line.append(HASH).append(own).append("\"}\n");
    return new Encoded(line.toString().getBytes(StandardCharsets.UTF_8), own);
  }

  private static void text(StringBuilder line, String name, @Nullable String text) {
    line.append(",\"").append(name).append("\":");
    if (text == null) {
      line.append("null");
      return;
    }
    line.append('"');
    int end = Math.min(text.length(), MAX_TEXT_CHARACTERS);
    for (int i = 0; i < end; i++) {
      character(line, text.charAt(i));
    }
    line.append(end < text.length() ? "...\"" : "\"");
  }

  /**
   * Printable as it is, all else escaped: nothing here may steer a terminal or hide a character.
   */
  private static void character(StringBuilder line, char c) {
    boolean isPlain =
        switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SURROGATE,
              Character.PRIVATE_USE,
              Character.UNASSIGNED ->
              false;
          default -> c != '"' && c != '\\';
        };
    if (isPlain) {
      line.append(c);
    } else if (c == '"' || c == '\\') {
      line.append('\\').append(c);
    } else {
      line.append(String.format("\\u%04x", (int) c));
    }
  }

  /**
   * Reads a line.
   *
   * @param length without the line feed
   * @return null where it is none; whether its hash is right is not looked at
   */
  static @Nullable AuditLine parse(byte[] bytes, int offset, int length) {
    int hashAt = length - HASH_MEMBER;
    int prevAt = hashAt - PREV_MEMBER;
    if (prevAt < SEQ.length() || length > MAX_BYTES) {
      return null;
    }
    String line = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    int seqEnd = line.indexOf(',', SEQ.length());
    boolean isFramed =
        line.startsWith(SEQ)
            && line.startsWith(TIME, seqEnd)
            && line.startsWith(PREV, prevAt)
            && line.startsWith(HASH, hashAt)
            && line.endsWith("\"}");
    if (!isFramed || !isNumber(line, SEQ.length(), seqEnd)) {
      return null;
    }
    int timeAt = seqEnd + TIME.length();
    int timeEnd = line.indexOf('"', timeAt);
    int keyAt = prevAt - KEY_MEMBER;
    boolean isKeyed = keyAt > timeEnd && line.startsWith(KEY, keyAt);
    return new AuditLine(
        Long.parseLong(line, SEQ.length(), seqEnd, 10),
        line.substring(timeAt, timeEnd),
        isKeyed ? line.substring(keyAt + KEY.length(), prevAt - 1) : null,
        line.substring(prevAt + PREV.length(), hashAt - 1),
        line.substring(hashAt + HASH.length(), length - 2));
  }

  private static boolean isNumber(String line, int from, int to) {
    return to > from
        && to - from <= MAX_SEQ_DIGITS
        && line.charAt(from) != '0'
        && line.substring(from, to).chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Whether the hash that the line states is the one that its bytes have. */
  boolean isIntact(byte[] bytes, int offset, int length, AuditHash by) {
    return by.hex(bytes, offset, length - HASH_MEMBER).equals(hash);
  }
}
