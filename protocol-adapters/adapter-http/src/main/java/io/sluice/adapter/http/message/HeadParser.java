package io.sluice.adapter.http.message;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an HTTP/1 request by the letter of RFC 9112. What two servers may understand in
 * two ways is refused: two lengths, a length beside a transfer coding, a folded line, a blank
 * before the colon, a line that ends in LF alone. Stateless.
 */
public final class HeadParser {
  /** More fields than any device sends. */
  public static final int MAX_FIELDS = 100;

  private static final int MAX_METHOD_CHARS = 20;
  private static final int MAX_LENGTH_DIGITS = 18;
  private static final boolean[] TOKEN = new boolean[128];

  static {
    for (char c = '0'; c <= 'z'; c++) {
      TOKEN[c] = Character.isLetterOrDigit(c);
    }
    for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
      TOKEN[c] = true;
    }
  }

  private final byte[] bytes;
  private int at;

  private HeadParser(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a head.
   *
   * @param bytes from the request line to the empty line, both included
   */
  public static RequestHead parse(byte[] bytes) throws RequestFault {
    return new HeadParser(bytes).head();
  }

  private RequestHead head() throws RequestFault {
    String method = method();
    String target = target();
    boolean isOld = isOld();
    Fields fields = fields();
    host(fields, isOld);
    long bodyBytes = bodyBytes(fields, isOld);
    return of(method, target, fields, bodyBytes, isLast(fields, isOld), isOld);
  }

  /**
   * A head of the parts that every version of HTTP has.
   *
   * @param target of origin form, absolute form or {@code *}
   */
  public static RequestHead of(
      String method, String target, Fields fields, long bodyBytes, boolean isLast, boolean isOld)
      throws RequestFault {
    String expect = fields.only("expect");
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      throw new RequestFault(417, "the header expect may be 100-continue alone");
    }
    String local = local(method, target);
    int question = local.indexOf('?');
    return new RequestHead(
        method,
        target,
        question < 0 ? local : local.substring(0, question),
        question < 0 ? null : local.substring(question + 1),
        fields,
        bodyBytes,
        isLast,
        isOld,
        expect != null && !isOld); // RFC 9110 section 10.1.1: of 1.0 it is ignored
  }

  /** RFC 9112 section 3.2: a server takes the absolute form too. */
  private static String local(String method, String target) throws RequestFault {
    if (target.startsWith("/") || (target.equals("*") && method.equals("OPTIONS"))) {
      return target;
    }
    int scheme = target.indexOf("://");
    String name = scheme < 0 ? "" : target.substring(0, scheme).toLowerCase(Locale.ROOT);
    if (!name.equals("http") && !name.equals("https")) {
      throw new RequestFault(400, "the request target must begin with /");
    }
    int authority = scheme + 3;
    int end = authority;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    if (end == authority) {
      throw new RequestFault(400, "the request target names no host");
    }
    String rest = target.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private String method() throws RequestFault {
    int from = at;
    while (at < bytes.length && isToken(bytes[at])) {
      at++;
    }
    if (at == from || at - from > MAX_METHOD_CHARS || bytes[at] != ' ') {
      throw new RequestFault(
          400, "the request line must be: method, blank, target, blank, HTTP/1.1");
    }
    String method = text(from, at);
    at++;
    return method;
  }

  private String target() throws RequestFault {
    int from = at;
    while (at < bytes.length && bytes[at] > ' ' && bytes[at] < 0x7F && bytes[at] != '#') {
      at++;
    }
    if (at == from || bytes[at] != ' ') {
      throw new RequestFault(
          400,
          "the request target must be of visible ASCII; write other characters percent-encoded");
    }
    String target = text(from, at);
    at++;
    return target;
  }

  private boolean isOld() throws RequestFault {
    int end = lineEnd();
    String version = text(at, end);
    boolean isVersion =
        version.length() == 8
            && version.startsWith("HTTP/")
            && isDigit(version.charAt(5))
            && version.charAt(6) == '.'
            && isDigit(version.charAt(7));
    if (!isVersion) {
      throw new RequestFault(400, "the request line must end with HTTP/1.1");
    }
    if (version.charAt(5) != '1') {
      throw new RequestFault(505, "HTTP/1.1 is spoken here; HTTP/2 over TLS by ALPN");
    }
    at = end + 2;
    return version.charAt(7) == '0';
  }

  private Fields fields() throws RequestFault {
    Fields fields = new Fields();
    while (bytes[at] != '\r') {
      if (fields.size() == MAX_FIELDS) {
        throw new RequestFault(431, "more than " + MAX_FIELDS + " header fields; send fewer");
      }
      field(fields);
    }
    if (at + 2 != bytes.length) {
      throw new RequestFault(400, "a CR without LF in the head");
    }
    return fields;
  }

  private void field(Fields fields) throws RequestFault {
    if (bytes[at] == ' ' || bytes[at] == '\t') {
      throw new RequestFault(400, "a header line begins with a blank: lines are not folded");
    }
    int from = at;
    while (isToken(bytes[at])) {
      at++;
    }
    if (at == from || bytes[at] != ':') {
      throw new RequestFault(400, "a header line must be: name, colon at once, value");
    }
    String name = text(from, at).toLowerCase(Locale.ROOT);
    at++;
    int end = lineEnd();
    for (int i = at; i < end; i++) {
      if ((bytes[i] >= 0 && bytes[i] < ' ' && bytes[i] != '\t') || bytes[i] == 0x7F) {
        throw new RequestFault(400, "the header " + name + " has a control character");
      }
    }
    fields.add(name, trimmed(at, end));
    at = end + 2;
  }

  private String trimmed(int start, int stop) {
    int from = start;
    int end = stop;
    while (from < end && isBlank(bytes[from])) {
      from++;
    }
    while (end > from && isBlank(bytes[end - 1])) {
      end--;
    }
    return text(from, end);
  }

  /** RFC 9112 section 3.2: one Host, and not more. */
  private static void host(Fields fields, boolean isOld) throws RequestFault {
    String host = fields.only("host");
    if (host == null && !isOld) {
      throw new RequestFault(400, "the header host is missing");
    }
    if (host != null && !host.chars().allMatch(HeadParser::isOfHost)) {
      throw new RequestFault(400, "the header host must be a host with or without a port");
    }
  }

  private static boolean isOfHost(int c) {
    return (c < 128 && TOKEN[c]) || ":[]();=,@".indexOf(c) >= 0;
  }

  /** RFC 9112 section 6.3, without its leniencies. */
  private static long bodyBytes(Fields fields, boolean isOld) throws RequestFault {
    String coding = fields.only("transfer-encoding");
    String length = fields.only("content-length");
    if (coding == null) {
      return length == null ? 0 : length(length);
    }
    if (length != null) {
      throw new RequestFault(400, "content-length beside transfer-encoding; send one of the two");
    }
    if (isOld) {
      throw new RequestFault(400, "HTTP/1.0 has no transfer-encoding; send content-length");
    }
    if (!coding.equalsIgnoreCase("chunked")) {
      throw new RequestFault(501, "the only transfer-encoding that is known here is chunked");
    }
    return RequestHead.CHUNKED;
  }

  /**
   * A Content-Length.
   *
   * @throws RequestFault where it is not a number, or a list of some
   */
  public static long length(String text) throws RequestFault {
    boolean isNumber =
        !text.isEmpty()
            && text.length() <= MAX_LENGTH_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber) {
      throw new RequestFault(400, "the header content-length must be one number");
    }
    return Long.parseLong(text);
  }

  private static boolean isLast(Fields fields, boolean isOld) {
    List<String> connection = fields.members("connection");
    return connection.contains("close") || (isOld && !connection.contains("keep-alive"));
  }

  /** Where the line ends, which has a CR LF: the head ends with two. */
  private int lineEnd() throws RequestFault {
    int end = at;
    while (bytes[end] != '\r') {
      end++;
    }
    if (bytes[end + 1] != '\n') {
      throw new RequestFault(400, "a CR without LF in the head");
    }
    return end;
  }

  private String text(int from, int end) {
    return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean isToken(byte b) {
    return b >= 0 && TOKEN[b];
  }

  /** Whether a text is a token of RFC 9110 section 5.6.2. */
  public static boolean isToken(@Nullable String text) {
    return text != null && !text.isEmpty() && text.chars().allMatch(c -> c < 128 && TOKEN[c]);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
