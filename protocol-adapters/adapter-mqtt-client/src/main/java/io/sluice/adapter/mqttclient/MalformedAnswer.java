package io.sluice.adapter.mqttclient;

import java.io.Serial;

/** What the broker sends is not MQTT. Without stack trace: it is the far end's fault. */
final class MalformedAnswer extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  MalformedAnswer(String what) {
    super(what, null, false, false);
  }
}
