package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.adapter.testkit.CommandTaker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A device that observes its commands (RFC 7641), by bare datagrams.
 *
 * @param answers whether it acknowledges a notification
 */
record RawCommandTaker(RawPeer peer, boolean answers, List<String> taken) implements CommandTaker {
  static RawCommandTaker observe(
      InetSocketAddress server, String device, String key, boolean answers) throws IOException {
    RawPeer peer = new RawPeer(server);
    peer.send(RawPeer.get("command", "d=" + device, "k=" + key, 4711, true));
    RawCommandTaker taker = new RawCommandTaker(peer, answers, new CopyOnWriteArrayList<>());
    Thread.ofVirtual().start(taker::take);
    return taker;
  }

  private void take() {
    Set<Integer> seen = new HashSet<>();
    try {
      while (true) {
        byte[] message = peer.receive(60_000);
        if (message != null && RawPeer.type(message).equals("CON")) {
          if (seen.add(RawPeer.messageId(message))) {
            taken.add(payload(message));
          }
          if (answers) {
            peer.send(new byte[] {0x60, 0, message[2], message[3]});
          }
        }
      }
    } catch (IOException end) {
      // of the socket: nothing more comes
    }
  }

  /** What stands behind the marker 0xFF (RFC 7252 section 3), which no text has in it. */
  private static String payload(byte[] message) {
    for (int at = message.length - 1; at >= 0; at--) {
      if (message[at] == (byte) 0xFF) {
        return new String(message, at + 1, message.length - at - 1, UTF_8);
      }
    }
    return "";
  }

  @Override
  public void close() {
    peer.close();
  }
}
