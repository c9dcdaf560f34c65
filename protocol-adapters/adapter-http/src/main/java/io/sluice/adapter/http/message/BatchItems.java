package io.sluice.adapter.http.message;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The messages of a body that holds several. Stateless. */
public final class BatchItems {
  /** Messages in one request. */
  public static final int MAX_ITEMS = 10_000;

  private BatchItems() {}

  /**
   * One message.
   *
   * @param place from 1: of a line in its body, of an element in its array
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Item(int place, byte[] payload) {}

  /** The lines of NDJSON; empty ones are passed over, and count as lines. */
  public static List<Item> lines(byte[] body) throws RequestFault {
    List<Item> items = new ArrayList<>();
    int from = 0;
    int place = 0;
    while (from < body.length) {
      int end = from;
      while (end < body.length && body[end] != '\n') {
        end++;
      }
      place++;
      add(items, place, body, from, end);
      from = end + 1;
    }
    return items;
  }

  /**
   * The elements of an array of JSON. Only so much is looked at as tells where each ends: what an
   * element is worth is judged with it.
   */
  public static List<Item> elements(byte[] body) throws RequestFault {
    int at = skip(body, 0);
    if (at == body.length || body[at] != '[') {
      throw new RequestFault(Response.BAD_REQUEST, "?batch wants an array of JSON; send [ .. ]");
    }
    List<Item> items = new ArrayList<>();
    int depth = 0;
    int from = at + 1;
    int place = 1;
    boolean isText = false;
    for (int i = at + 1; i < body.length; i++) {
      byte b = body[i];
      if (isText) {
        if (b == '\\') {
          i++;
        } else if (b == '"') {
          isText = false;
        }
      } else if (b == '"') {
        isText = true;
      } else if (b == '{' || b == '[') {
        depth++;
      } else if (depth == 0 && (b == ',' || b == ']')) {
        boolean isEmpty = skip(body, from) >= i;
        if (isEmpty && (b == ',' || place > 1)) {
          throw new RequestFault(
              Response.BAD_REQUEST, "element " + place + " of the array is missing");
        }
        add(items, place, body, from, i);
        if (b == ']') {
          if (skip(body, i + 1) < body.length) {
            break;
          }
          return items;
        }
        place++;
        from = i + 1;
      } else if (b == '}' || b == ']') {
        depth--;
      }
    }
    throw new RequestFault(
        Response.BAD_REQUEST, "the array is not closed, or something follows it; send it whole");
  }

  private static void add(List<Item> items, int place, byte[] body, int from, int stop)
      throws RequestFault {
    int start = skip(body, from);
    int end = stop;
    while (end > start && isBlank(body[end - 1])) {
      end--;
    }
    if (start >= end) {
      return;
    }
    if (items.size() == MAX_ITEMS) {
      throw new RequestFault(
          Response.TOO_LARGE, "more than " + MAX_ITEMS + " messages in one request; send fewer");
    }
    items.add(new Item(place, Arrays.copyOfRange(body, start, end)));
  }

  private static int skip(byte[] body, int from) {
    int at = from;
    while (at < body.length && isBlank(body[at])) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
