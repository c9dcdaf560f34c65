package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Peer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whose turn comes when a listener's connections are ended over a time. */
class DrainTurnsTest {
  private static final Drain MINUTE = new Drain("other:1883", false, Duration.ofSeconds(60));

  private final Set<SocketConnection> open = new HashSet<>();

  /** Ends once it has answered, or is overdue. */
  private final class Line extends ChannelInboundHandlerAdapter implements SocketConnection {
    private boolean hasAnswered = true;

    private Line() {
      open.add(this);
    }

    @Override
    public Channel channel() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Peer peer() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkTimes(long nowNanos) {}

    @Override
    public boolean quiesce() {
      return hasAnswered;
    }

    @Override
    public boolean drain(Drain drain, long waitedNanos) {
      boolean isReady = hasAnswered || waitedNanos >= ANSWER_NANOS;
      if (isReady) {
        open.remove(this);
      }
      return isReady;
    }

    @Override
    public void shutDown() {}

    @Override
    public void revoked(String detail) {}
  }

  private static long seconds(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  private DrainTurns begin(Drain drain, int lines) {
    for (int i = 0; i < lines; i++) {
      new Line();
    }
    return new DrainTurns(drain, Set.copyOf(open), 0);
  }

  private void turn(DrainTurns turns, double second) {
    turns.turn(Set.copyOf(open), seconds(second));
  }

  @Test
  void connectionsEndOneAfterTheOtherOverTheTime() {
    DrainTurns turns = begin(MINUTE, 600);
    turn(turns, 0);
    assertThat(open).hasSize(600);
    turn(turns, 6);
    assertThat(open).hasSize(540);
    turn(turns, 30);
    assertThat(open).hasSize(300);
    turn(turns, 60);
    assertThat(open).isEmpty();
  }

  @Test
  void noTimeEndsAllAtOnce() {
    DrainTurns turns = begin(new Drain(null, false, Duration.ZERO), 600);
    turn(turns, 0);
    assertThat(open).isEmpty();
  }

  @Test
  void whoWasLetInWhileItBeganEndsWithTheOthers() {
    DrainTurns turns = begin(MINUTE, 1);
    Line late = new Line();
    turn(turns, 59.9);
    assertThat(open).contains(late);
    turn(turns, 60);
    assertThat(open).isEmpty();
  }

  @Test
  void whatWasSentIsAnsweredBeforeTheEndButNotWaitedForForEver() {
    DrainTurns turns = begin(MINUTE, 0);
    Line slow = new Line();
    slow.hasAnswered = false;
    turn(turns, 60);
    turn(turns, 61);
    assertThat(open).containsExactly(slow);
    slow.hasAnswered = true;
    turn(turns, 61.1);
    assertThat(open).isEmpty();
    Line deaf = new Line();
    deaf.hasAnswered = false;
    turn(turns, 62);
    turn(turns, 63.6);
    assertThat(open).isEmpty();
  }
}
