package io.sluice.api.adapter;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/** Why a listener cannot be opened, in one line with the remedy that fits the cause. */
public final class BindFault {
  private BindFault() {}

  /**
   * @param place host and port, with {@code udp} before them where it is that
   * @param key where the listener stands in the configuration, such as {@code listeners.mqtt}
   * @param cause as the system or a library tells it
   */
  public static IOException of(String place, String key, @Nullable Throwable cause) {
    return new IOException("cannot listen on " + place + ": " + why(key, cause), cause);
  }

  private static String why(String key, @Nullable Throwable cause) {
    String said = said(cause);
    if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
      return "the name is not known here; write an address of this machine as " + key + ".host";
    }
    if (said.contains("assign")) {
      return "no address of this machine; see ip address, or set "
          + key
          + ".host: 0.0.0.0, which takes all";
    }
    if (said.contains("ermission")) {
      return "a port below 1024 is not for this user; set "
          + key
          + ".port to 1024 or more, or allow it: AmbientCapabilities=CAP_NET_BIND_SERVICE";
    }
    if (said.contains("in use")) {
      return "another program has the port (ss -lptun shows which); end it, or set "
          + key
          + ".port to another";
    }
    return said + "; set " + key + ".host and " + key + ".port to what is free here";
  }

  private static String said(@Nullable Throwable cause) {
    if (cause == null) {
      return "no cause was told";
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
