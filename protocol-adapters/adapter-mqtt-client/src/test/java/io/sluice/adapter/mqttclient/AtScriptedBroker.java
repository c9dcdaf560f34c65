package io.sluice.adapter.mqttclient;

import io.sluice.adapter.testkit.RecordingGateway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A source at a broker that does what the test says, and a gateway that records. */
class AtScriptedBroker {
  ScriptedBroker broker;
  RecordingGateway gateway;
  MqttSource source;

  @BeforeEach
  void open() throws Exception {
    broker = new ScriptedBroker();
    gateway = new RecordingGateway();
  }

  @AfterEach
  void close() throws Exception {
    if (source != null) {
      source.close();
    }
    broker.close();
    gateway.close();
  }

  void start(TestSettings settings) {
    source = settings.source(broker.port());
    source.start(gateway);
  }
}
