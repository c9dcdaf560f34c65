package io.sluice.adapter.http.message;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header fields of one request, in the order in which they came. Immutable once built. */
public final class Fields {
  private final List<String> names = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /**
   * Adds a field. Only while the request is being read.
   *
   * @param name in lower case
   */
  public void add(String name, String value) {
    names.add(name);
    values.add(value);
  }

  /** How many there are. */
  public int size() {
    return names.size();
  }

  /**
   * The value of the first field of that name, or null.
   *
   * @param name in lower case
   */
  public @Nullable String first(String name) {
    int at = names.indexOf(name);
    return at < 0 ? null : values.get(at);
  }

  /** How many fields of that name there are. */
  public int count(String name) {
    int count = 0;
    for (String each : names) {
      count += each.equals(name) ? 1 : 0;
    }
    return count;
  }

  /**
   * The one value of a field that may be there once.
   *
   * @throws RequestFault where it comes more than once
   */
  public @Nullable String only(String name) throws RequestFault {
    if (count(name) > 1) {
      throw new RequestFault(400, "the header " + name + " comes twice; send it once");
    }
    return first(name);
  }

  /** All members of a field that is a list, whichever lines they stand on, in lower case. */
  public List<String> members(String name) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(name)) {
        for (String each : values.get(i).split(",", -1)) {
          String member = each.strip().toLowerCase(java.util.Locale.ROOT);
          if (!member.isEmpty()) {
            members.add(member);
          }
        }
      }
    }
    return members;
  }
}
