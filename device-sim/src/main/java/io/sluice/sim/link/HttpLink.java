package io.sluice.sim.link;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.time.Timers;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One device over HTTP/1.1, also over TLS: a connection that is kept alive, one request at a time.
 * A 429 or 503 waits for its Retry-After and is tried again; so is a request that never had an
 * answer, with the Idempotency-Key of before, so that it is stored once.
 */
// a write or close that fails ends in channelInactive
@SuppressWarnings("FutureReturnValueIgnored")
final class HttpLink implements Link {
  private static final int MOST_TRIES = 30;
  private static final long LONGEST_PAUSE_MILLIS = 60_000;
  private static final long SHORTEST_PAUSE_MILLIS = 250;
  private static final long LONGEST_BACK_OFF_MILLIS = 5_000;
  private static final long ANSWER_MILLIS = 30_000;
  private static final int TOO_MANY = 429;
  private static final int TIMED_OUT = 408;
  private static final int UNAVAILABLE = 503;

  private final TcpConnector door;
  private final Owner owner;
  private final FleetCounters counters;
  private final DeviceSpec spec;
  private final Loss loss;
  private final String keys;
  private @Nullable Channel channel;
  private boolean connecting;
  private @Nullable Message current;
  private int tries;

  /** Which try an answer or a timer is about; what belongs to an earlier one is too late. */
  private int round;

  private boolean closed;
  private boolean away;
  private boolean muted;
  private boolean lying;
  private int moves;

  /**
   * @param run another for each run of a simulator: keys of before are not used again
   */
  HttpLink(TcpConnector door, Owner owner, FleetCounters counters, String run) {
    this.door = door;
    this.owner = owner;
    this.counters = counters;
    this.spec = owner.device().spec();
    this.loss = new Loss(spec.seed(), counters);
    this.keys = run + '-' + spec.id() + '-';
  }

  @Override
  public void open() {
    // it connects when it has something to say
  }

  @Override
  public boolean ready() {
    return current == null && !closed && !away && !muted;
  }

  @Override
  public int pending() {
    return current == null ? 0 : 1;
  }

  @Override
  public void send(Message message) {
    current = message;
    tries = 1;
    attempt(message);
  }

  private void attempt(Message message) {
    if (closed || away) {
      return;
    }
    int of = ++round;
    long wait = loss.waitMillis();
    if (wait < 0) {
      disconnect();
      again(message, 0, "lost too often");
    } else if (wait > 0) {
      Timers.after(owner.loop(), () -> write(message, of), wait);
    } else {
      write(message, of);
    }
  }

  private void write(Message message, int of) {
    if (of != round || closed || away) {
      return;
    }
    Channel open = channel;
    if (open == null) {
      connect();
      return;
    }
    owner.mayBeHeard();
    open.writeAndFlush(request(message));
    Timers.after(
        owner.loop(),
        () -> {
          if (of == round && message.equals(current)) {
            disconnect();
            again(message, 0, "no answer in " + ANSWER_MILLIS / 1000 + " s");
          }
        },
        ANSWER_MILLIS);
  }

  private void connect() {
    if (connecting) {
      return;
    }
    connecting = true;
    ChannelFuture made = door.connect(owner.loop(), spec, moves, lying, new Inbound());
    if (made == null) {
      unreachable(door.remedy());
      return;
    }
    made.addListener(done -> {
      if (!done.isSuccess() && !owner.loop().isShuttingDown()) {
        if (done.cause() instanceof ConnectException) {
          counters.silences.refused();
        }
        owner.loop().execute(() -> unreachable(String.valueOf(done.cause().getMessage())));
      }
    });
  }

  private void unreachable(String why) {
    connecting = false;
    counters.connectFailures.increment();
    Message message = current;
    if (message != null) {
      again(message, 0, why);
    }
  }

  private ByteBuf request(Message message) {
    InetSocketAddress server = door.server();
    String head =
        "POST /%s HTTP/1.1\r\nHost: %s:%d\r\n%sContent-Type: %s\r\nIdempotency-Key: %s%d\r\nContent-Length: %d\r\n\r\n"
            .formatted(
                message.kind().address(),
                server.getHostString(),
                server.getPort(),
                authorization(),
                spec.group().form().contentType(),
                keys,
                message.n(),
                message.payload().length);
    return Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.US_ASCII), message.payload());
  }

  /** The line of it; none where a certificate says who it is. */
  private String authorization() {
    return spec.certificate() == null ? "Authorization: " + secret() + "\r\n" : "";
  }

  private String secret() {
    String wrong = lying ? "-wrong" : "";
    return spec.token() == null
        ? "Basic "
            + Base64.getEncoder()
                .encodeToString(
                    (spec.id() + ':' + spec.password() + wrong).getBytes(StandardCharsets.UTF_8))
        : "Bearer " + spec.token() + wrong;
  }

  private void answered(HttpAnswers.Answer answer) {
    Message message = current;
    if (message == null) {
      return;
    }
    if (answer.status() / 100 == 2) {
      current = null;
      round++;
      owner.acked(message.n());
    } else if (answer.status() == UNAVAILABLE
        || answer.status() == TOO_MANY
        || answer.status() == TIMED_OUT) {
      long pause = Math.min(LONGEST_PAUSE_MILLIS, answer.retryAfterSeconds() * 1000L);
      again(message, pause, answer.body());
    } else {
      current = null;
      round++;
      owner.refused(message.n(), answer.body());
    }
    if (answer.isLast()) {
      disconnect();
    }
  }

  private void again(Message message, long pauseMillis, String why) {
    counters.trouble(spec.id() + ": " + why);
    if (closed || tries >= MOST_TRIES || message.isBad()) {
      current = null;
      round++;
      owner.unanswered(message.n());
      return;
    }
    tries++;
    int of = ++round;
    long pause =
        Math.max(
            Math.min(LONGEST_BACK_OFF_MILLIS, SHORTEST_PAUSE_MILLIS << Math.min(tries, 6)),
            pauseMillis);
    Timers.after(
        owner.loop(),
        () -> {
          if (of == round && !closed && !away) {
            owner.resent(message.n());
            attempt(message);
          }
        },
        pause);
  }

  @Override
  public void cut() {
    away = true;
    round++;
    owner.mayBeHeard();
    disconnect();
  }

  @Override
  public void restore() {
    boolean wasAway = away;
    away = false;
    muted = false;
    Message message = current;
    if (wasAway && message != null && !dropIfBad()) {
      owner.resent(message.n());
      attempt(message);
    }
  }

  @Override
  public void sleep() {
    if (current == null) {
      disconnect(); // it wakes by itself when it has something to say
    }
  }

  @Override
  public void mute() {
    muted = true;
  }

  @Override
  public void lie(boolean isWrong) {
    lying = isWrong;
    dropIfBad(); // what was to be refused may not go out with right secrets
  }

  private boolean dropIfBad() {
    Message message = current;
    if (message == null || !message.isBad()) {
      return false;
    }
    current = null;
    round++;
    disconnect();
    owner.unanswered(message.n());
    return true;
  }

  @Override
  public void lose(double chance) {
    loss.chance(chance);
  }

  @Override
  public void move() {
    moves++;
    disconnect();
  }

  /** Without a word; what was on its way is tried again when the end of the connection is seen. */
  private void disconnect() {
    Channel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    closed = true;
    round++;
    disconnect();
  }

  /** The far end of one connection. */
  private final class Inbound extends ChannelInboundHandlerAdapter {
    private final HttpAnswers answers = new HttpAnswers();

    @Override
    public void channelActive(ChannelHandlerContext context) {
      connecting = false;
      if (closed || away) {
        context.close();
        return;
      }
      channel = context.channel();
      counters.connects.increment();
      Message message = current;
      if (message != null) {
        write(message, round);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object read) {
      ByteBuf bytes = (ByteBuf) read;
      try {
        for (HttpAnswers.Answer answer : answers.read(bytes)) {
          if (context.channel().equals(channel)) {
            answered(answer);
          }
        }
      } finally {
        bytes.release();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      boolean wasOurs = context.channel().equals(channel);
      if (wasOurs) {
        channel = null;
      }
      Message message = current;
      if (message != null && !away && (wasOurs || channel == null) && !connecting) {
        again(message, 0, "the connection has ended");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable why) {
      counters.trouble(spec.id() + ": " + why.getMessage());
      context.close();
    }
  }
}
