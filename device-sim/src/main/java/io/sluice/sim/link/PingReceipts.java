package io.sluice.sim.link;

import io.sluice.sim.link.Link.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages at QoS 0, which nobody acknowledges: who answers a ping has read what came before it.
 * Bounded by the link's window; confined to its event loop.
 */
final class PingReceipts {
  private final List<Message> asked = new ArrayList<>();
  private final List<Message> later = new ArrayList<>();

  void sent(Message message) {
    later.add(message);
  }

  /** A ping goes out behind all that was sent. */
  void pinged() {
    asked.addAll(later);
    later.clear();
  }

  /** What the answer to the ping confirms. */
  List<Message> answered() {
    List<Message> confirmed = List.copyOf(asked);
    asked.clear();
    return confirmed;
  }

  /** What nobody will confirm, in the order in which it went out. */
  List<Message> drain() {
    pinged();
    return answered();
  }

  int size() {
    return asked.size() + later.size();
  }
}
