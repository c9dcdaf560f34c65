package io.sluice.adapter.mqtt.session;

/** What becomes of a client that speaks MQTT 3.1. */
public enum Mqtt31 {
  /** It is served as one of 3.1.1. */
  ACCEPT,
  /** CONNACK 1. */
  REFUSE
}
