package io.sluice.engine.forward;

import java.util.Locale;

/** How a Forwarder stands with its far end; the JSON name is the constant's in lower case. */
enum UpstreamState {
  CONNECTING,
  CONNECTED,
  WAITING,
  STALLED,
  PAUSED;

  private final String jsonName = name().toLowerCase(Locale.ROOT);

  String jsonName() {
    return jsonName;
  }
}
