package io.sluice.sim.load;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** MQTT packets as bytes (MQTT 3.1.1 and 5, chapters 2 and 3), encoded once for each connection. */
final class MqttFrames {
  static final int CONNACK = 0x20;
  static final int PUBACK = 0x40;
  static final int PUBREC = 0x50;
  static final int PUBCOMP = 0x70;
  static final int PINGRESP = 0xD0;
  static final int DISCONNECT = 0xE0;
  private static final int KEEP_ALIVE_SECONDS = 600;

  private MqttFrames() {}

  static byte[] connect(LoadPlan plan, int index) {
    String user = plan.userOf(index);
    String password = plan.passwordOf(index);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    text(body, "MQTT");
    body.write(plan.five() ? 5 : 4);
    body.write(0x02 | (user.isEmpty() ? 0 : 0x80) | (password.isEmpty() ? 0 : 0x40));
    two(body, KEEP_ALIVE_SECONDS);
    if (plan.five()) {
      body.write(0);
    }
    text(body, user.isEmpty() ? "load-" + index : user);
    if (!user.isEmpty()) {
      text(body, user);
    }
    if (!password.isEmpty()) {
      text(body, password);
    }
    return framed(0x10, body);
  }

  /** Packet id zero is to be patched at {@link #packetIdAt}. */
  static byte[] publish(LoadPlan plan, int index, byte[] payload) {
    String user = plan.userOf(index);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    text(body, plan.topic().replace("{id}", user));
    if (plan.qos() > 0) {
      two(body, 0);
    }
    if (plan.five()) {
      body.write(0);
    }
    body.writeBytes(payload);
    return framed(0x30 | (plan.qos() << 1), body);
  }

  static int packetIdAt(LoadPlan plan, byte[] frame, byte[] payload) {
    return frame.length - payload.length - (plan.five() ? 1 : 0) - 2;
  }

  private static byte[] framed(int first, ByteArrayOutputStream body) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(first);
    int left = body.size();
    do {
      int digit = left & 0x7F;
      left >>>= 7;
      frame.write(left > 0 ? digit | 0x80 : digit);
    } while (left > 0);
    frame.writeBytes(body.toByteArray());
    return frame.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    two(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void two(ByteArrayOutputStream out, int value) {
    out.write(value >>> 8);
    out.write(value);
  }
}
