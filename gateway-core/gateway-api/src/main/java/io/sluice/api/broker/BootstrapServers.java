package io.sluice.api.broker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The brokers by which a Kafka cluster is found: {@code host:port}, commas between. */
public final class BootstrapServers {
  /** Of the option; what it lets through is looked at by {@link #problems}. */
  public static final String PATTERN = "[^,\\s]+:\\d+(\\s*,\\s*[^,\\s]+:\\d+)*";

  private static final int PORT_MAX = 65_535;
  private static final int PORT_DIGITS = 5;

  private BootstrapServers() {}

  public static List<String> of(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  /** What is wrong with each of them, with the remedy. */
  public static List<String> problems(String text) {
    List<String> problems = new ArrayList<>();
    for (String server : of(text)) {
      int colon = server.lastIndexOf(':');
      if (server.contains("://")) {
        problems.add(
            server
                + " is no host:port; leave the protocol out here, and write it as"
                + " security.protocol in properties");
      } else if (colon < 1
          || server.length() - colon - 1 > PORT_DIGITS
          || Integer.parseInt(server.substring(colon + 1)) > PORT_MAX) {
        problems.add(server + " is no host:port; write a port up to 65535");
      }
    }
    return problems;
  }
}
