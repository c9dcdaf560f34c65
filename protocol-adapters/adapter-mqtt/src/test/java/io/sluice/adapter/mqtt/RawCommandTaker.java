package io.sluice.adapter.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.adapter.mqtt.RawMqtt.Bytes;
import io.sluice.adapter.mqtt.RawMqtt.Packet;
import io.sluice.adapter.testkit.CommandTaker;
import io.sluice.api.adapter.Adapter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A device of MQTT 3.1.1 that subscribes to its commands at QoS 1.
 *
 * @param answers whether it sends PUBACK
 */
record RawCommandTaker(RawMqtt client, boolean answers, List<String> taken)
    implements CommandTaker {
  static RawCommandTaker connect(Adapter adapter, String device, String password, boolean answers)
      throws IOException {
    RawMqtt client = new RawMqtt(adapter);
    client.send(RawMqtt.connect(4, 0xC2, "c-" + device, device, password));
    client.send(RawMqtt.packet(0x82, new Bytes().raw(0, 1).text("command/#").raw(1)));
    RawCommandTaker taker = new RawCommandTaker(client, answers, new CopyOnWriteArrayList<>());
    Thread.ofVirtual().start(taker::take);
    return taker;
  }

  private void take() {
    try {
      while (true) {
        Packet packet = client.next();
        if (packet.type() == 3) {
          take(packet.body());
        }
      }
    } catch (IOException end) {
      // of the connection: nothing more comes
    }
  }

  /** Topic with its length in two bytes, packet id, payload: MQTT 3.1.1 section 3.3. */
  private void take(byte[] body) throws IOException {
    int topic = 2 + ((body[0] << 8) | (body[1] & 0xFF));
    taken.add(new String(body, topic + 2, body.length - topic - 2, UTF_8));
    if (answers) {
      client.send(RawMqtt.packet(0x40, new Bytes().raw(body[topic], body[topic + 1])));
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
