package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Response;
import org.jspecify.annotations.Nullable;

/** What a request is about. Immutable. */
sealed interface Route {
  /**
   * Messages of a device.
   *
   * @param topic as the dialects know it, without leading slash
   * @param token that stands in the path, or null
   * @param then the device takes a command in the answer, or null
   */
  record Uplink(String topic, @Nullable String token, Batch batch, @Nullable Poll then)
      implements Route {}

  /**
   * A device asks for its oldest command.
   *
   * @param token that stands in the path, or null
   * @param acknowledged id of one that it has, or null
   * @param waitMillis for which it waits where there is none
   */
  record Poll(
      CommandForm form, @Nullable String token, @Nullable String acknowledged, long waitMillis)
      implements Route {}

  /**
   * What each device gets that is let in.
   *
   * @param token that stands in the path
   */
  record Same(String token, Response response) implements Route {}

  /** A device has a command. */
  record Acknowledge(String command) implements Route {}

  /** It needs no device. */
  record Fixed(Response response) implements Route {}

  /** How many messages a body holds. */
  enum Batch {
    /** The body is one. */
    ONE,
    /** Each line is one. */
    LINES,
    /** Each element of an array is one. */
    ELEMENTS
  }
}
