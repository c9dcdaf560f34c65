package io.sluice.adapter.mqtt.session;

import io.sluice.adapter.netty.SocketConnection;
import java.util.concurrent.TimeUnit;

/**
 * How one session comes to its end at a drain, so that nothing of it happens again at the next
 * gateway. It is given no further command. First the device has a time to answer the commands that
 * it was sent, and to release its messages of QoS 2; it is read and answered meanwhile. Then
 * nothing more is read, and what has come is answered. Confined to the event loop.
 */
final class Leaving {
  /** What a device has to answer; a command without its answer is queued again then. */
  private static final long DEVICE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Connection connection;
  private boolean isAnswered;
  private long answeredNanos;

  Leaving(Connection connection) {
    this.connection = connection;
  }

  /**
   * Goes on with it.
   *
   * @param waitedNanos since the session's turn came
   * @return whether the session may be ended now
   */
  boolean goOn(long waitedNanos) {
    CommandLink commands = connection.commands;
    if (commands != null) {
      commands.hold();
    }
    if (!isAnswered && (hasDeviceAnswered() || waitedNanos >= DEVICE_NANOS)) {
      isAnswered = true;
      answeredNanos = waitedNanos;
    }
    return isAnswered
        && (connection.quiesce() || waitedNanos - answeredNanos >= SocketConnection.ANSWER_NANOS);
  }

  private boolean hasDeviceAnswered() {
    CommandLink commands = connection.commands;
    Session session = connection.session;
    return (commands == null || commands.isAnswered())
        && (session == null || session.unreleased.isEmpty())
        && !connection.window.holdsQos2();
  }

  /** The drain is called off. */
  void callOff() {
    isAnswered = false;
    CommandLink commands = connection.commands;
    if (commands != null) {
      commands.goOn();
    }
  }
}
