package io.sluice.sim.link;

import io.sluice.sim.device.Hash;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Owner;
import io.sluice.sim.net.BoundSockets;
import io.sluice.sim.net.PahoLog;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.time.Timers;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttAck;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;

/**
 * A device whose MQTT 5 client is Eclipse Paho: what a real stack makes of a gateway. It has four
 * threads of its own, so only a few devices of a fleet are such.
 */
final class PahoLink implements Link {
  private static final int WINDOW_MESSAGES = 8;
  private static final int KEEP_ALIVE_SECONDS = 60;
  private static final long BACK_OFF_MILLIS = 500;
  private static final int REFUSED = 0x80;

  private final TcpConnector door;
  private final String server;
  private final Owner owner;
  private final FleetCounters counters;
  private final DeviceSpec spec;
  private final Map<Long, Message> unanswered = new LinkedHashMap<>();
  private final ArrayDeque<Message> again = new ArrayDeque<>();
  private final Loss loss;

  /** Waits for TCP to carry it across a loss. */
  private @Nullable Message stalled;

  private int moves;
  private @Nullable MqttAsyncClient client;
  private boolean up;
  private boolean away;
  private boolean muted;
  private boolean lying;
  private boolean closed;

  PahoLink(TcpConnector door, Owner owner, FleetCounters counters) {
    this.door = door;
    this.server = "tcp://" + door.server().getHostString() + ":" + door.server().getPort();
    this.owner = owner;
    this.counters = counters;
    this.spec = owner.device().spec();
    this.loss = new Loss(spec.seed(), counters);
    owner.speaksUnseen(); // it pings as it likes
    PahoLog.silence();
  }

  @Override
  public void open() {
    if (closed || away || client != null) {
      return;
    }
    try {
      MqttAsyncClient made = new MqttAsyncClient(server, spec.id(), new MemoryPersistence());
      client = made;
      made.setCallback(new Events(made));
      made.connect(
          options(),
          null,
          new Outcome() {
            @Override
            public void onSuccess(IMqttToken token) {
              onLoop(() -> connected(made));
            }

            @Override
            public void onFailure(IMqttToken token, Throwable cause) {
              onLoop(() -> {
                counters.connectFailures.increment();
                if (cause.getCause() instanceof ConnectException) {
                  counters.silences.refused();
                }
                gone(made, String.valueOf(cause.getMessage()));
              });
            }
          });
    } catch (MqttException e) {
      counters.connectFailures.increment();
      gone(client, String.valueOf(e.getMessage()));
    }
  }

  private MqttConnectionOptions options() {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(true);
    options.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
    options.setAutomaticReconnect(false);
    InetSocketAddress source = door.source(spec, moves);
    if (source != null) {
      options.setSocketFactory(new BoundSockets(source));
    }
    String password = spec.password();
    String token = spec.token();
    String wrong = lying ? "-wrong" : "";
    if (password != null) {
      options.setUserName(spec.id());
      options.setPassword((password + wrong).getBytes(StandardCharsets.UTF_8));
    } else if (token != null) {
      options.setUserName(token + wrong);
    }
    return options;
  }

  private void connected(MqttAsyncClient by) {
    if (!by.equals(client) || closed || away) {
      discard(by);
      return;
    }
    up = true;
    counters.silences.answered();
    counters.connected.increment();
    counters.connects.increment();
    for (int waiting = again.size(); waiting > 0; waiting--) {
      Message message = again.remove();
      owner.resent(message.n());
      publish(message);
    }
  }

  /** The connection is gone, or never was. */
  private void gone(@Nullable MqttAsyncClient which, String why) {
    if (which == null || !which.equals(client)) {
      return;
    }
    counters.trouble(spec.id() + ": " + why);
    drop();
    if (!closed && !away) {
      Timers.after(
          owner.loop(),
          this::open,
          BACK_OFF_MILLIS + (long) (BACK_OFF_MILLIS * Hash.unit(spec.seed(), unanswered.size())));
    }
  }

  private void drop() {
    MqttAsyncClient was = client;
    client = null;
    if (up) {
      up = false;
      counters.connected.decrement();
    }
    for (Message message : unanswered.values()) {
      if (message.isBad()) {
        owner.refused(message.n(), "the server closed the connection");
      } else {
        again.add(message);
      }
    }
    unanswered.clear();
    if (was != null) {
      discard(was);
    }
  }

  private void discard(MqttAsyncClient which) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            which.disconnectForcibly(0, 0, false);
            which.close(true);
          } catch (MqttException e) {
            counters.trouble(spec.id() + ": " + e.getMessage());
          }
        });
  }

  @Override
  public boolean ready() {
    return up && !muted && stalled == null && unanswered.size() + again.size() < WINDOW_MESSAGES;
  }

  @Override
  public int pending() {
    return unanswered.size() + again.size() + (stalled == null ? 0 : 1);
  }

  @Override
  public void send(Message message) {
    long wait = loss.waitMillis();
    if (wait == 0) {
      publish(message);
      return;
    }
    if (wait < 0) {
      move();
    }
    stalled = message;
    Timers.after(
        owner.loop(),
        () -> {
          stalled = null;
          publish(message);
        },
        Math.max(0, wait));
  }

  @Override
  public void lose(double chance) {
    loss.chance(chance);
  }

  @Override
  public void move() {
    moves++;
    drop();
    open();
  }

  private void publish(Message message) {
    MqttAsyncClient by = client;
    if (by == null || !up) {
      again.add(message);
      return;
    }
    int qos = spec.group().qos();
    if (qos > 0) {
      unanswered.put(message.n(), message);
    }
    MqttMessage publish = new MqttMessage(message.payload(), qos, false, contentType());
    try {
      by.publish(
          message.kind().address(),
          publish,
          null,
          new Outcome() {
            @Override
            public void onSuccess(IMqttToken token) {
              int[] codes = token.getReasonCodes();
              onLoop(() -> answered(message, codes == null || codes.length == 0 ? 0 : codes[0]));
            }

            @Override
            public void onFailure(IMqttToken token, Throwable cause) {
              // a DISCONNECT of the server comes here as well, and says nothing of this message
              int code =
                  token.getResponse() instanceof MqttAck && cause instanceof MqttException fault
                      ? fault.getReasonCode()
                      : -1;
              onLoop(() -> answered(message, code));
            }
          });
    } catch (MqttException e) {
      gone(by, String.valueOf(e.getMessage()));
    }
  }

  /**
   * @param code of PUBACK or PUBREC; -1: the connection ended first
   */
  private void answered(Message message, int code) {
    if (code < 0 || spec.group().qos() == 0 || unanswered.remove(message.n()) == null) {
      return;
    }
    if (code >= REFUSED) {
      owner.refused(message.n(), "refused (0x%02x)".formatted(code));
    } else {
      owner.acked(message.n());
    }
  }

  private MqttProperties contentType() {
    MqttProperties properties = new MqttProperties();
    properties.setContentType(spec.group().form().contentType());
    return properties;
  }

  @Override
  public void cut() {
    away = true;
    drop();
  }

  @Override
  public void restore() {
    away = false;
    if (muted) {
      muted = false;
      drop();
    }
    open();
  }

  @Override
  public void sleep() {
    cut();
  }

  @Override
  public void mute() {
    muted = true; // Paho goes on pinging: its connection is as open as one can be
  }

  @Override
  public void lie(boolean isWrong) {
    lying = isWrong;
    drop();
    open();
  }

  @Override
  public void close() {
    closed = true;
    drop();
  }

  private void onLoop(Runnable task) {
    if (!owner.loop().isShuttingDown()) {
      owner.loop().execute(task);
    }
  }

  /** Both outcomes come on Paho's threads. */
  private abstract static class Outcome implements MqttActionListener {}

  private final class Events implements MqttCallback {
    private final MqttAsyncClient of;

    Events(MqttAsyncClient of) {
      this.of = of;
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      onLoop(() -> gone(of, "disconnected: " + response.getReasonString()));
    }

    @Override
    public void mqttErrorOccurred(MqttException fault) {
      counters.trouble(spec.id() + ": " + fault.getMessage());
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      counters.commands.increment();
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
      // the outcome of each message comes by its own listener
    }

    @Override
    public void connectComplete(boolean isAgain, String uri) {
      // told by the connection's own listener
    }

    @Override
    public void authPacketArrived(int code, MqttProperties properties) {
      // no extended authentication
    }
  }
}
