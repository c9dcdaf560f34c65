package io.sluice.sim.link;

import io.sluice.sim.coap.CoapClient;
import io.sluice.sim.coap.CoapMessage;
import io.sluice.sim.figures.FleetCounters;
import io.sluice.sim.link.Link.Owner;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.time.Timers;
import org.jspecify.annotations.Nullable;

/**
 * One device over CoAP: what it makes of answers, whatever its stack. One message at a time (RFC
 * 7252 section 4.7, NSTART 1); a 5.03 waits for its Max-Age and is tried again, so is one that
 * never had an answer.
 */
final class CoapLink implements Link {
  private static final int MOST_TRIES = 5;
  private static final long LONGEST_PAUSE_MILLIS = 60_000;
  private static final long SHORTEST_PAUSE_MILLIS = 100;
  private final CoapStack stack;
  private final Owner owner;
  private final FleetCounters counters;
  private final DeviceSpec spec;
  private @Nullable Message current;
  private int tries;

  /** Which try an outcome or a timer is about; what belongs to an earlier one is too late. */
  private int round;

  private boolean closed;
  private boolean away;
  private boolean lying;

  CoapLink(CoapStack.Maker maker, Owner owner, FleetCounters counters) {
    this.owner = owner;
    this.counters = counters;
    this.spec = owner.device().spec();
    this.stack = maker.stack(this::late);
  }

  @Override
  public void open() {
    // nothing to connect
  }

  @Override
  public boolean ready() {
    return current == null && !closed && !away;
  }

  @Override
  public int pending() {
    return current == null ? 0 : 1;
  }

  @Override
  public void send(Message message) {
    // a block-wise transfer needs its answers, whatever the device asks for
    owner.mayBeHeard();
    if (spec.group().qos() > 0 || message.payload().length > CoapClient.BLOCK_BYTES) {
      current = message;
      tries = 1;
      attempt(message);
    } else {
      stack.postUnconfirmed(message, lying);
    }
  }

  private void attempt(Message message) {
    if (!closed && !away) {
      owner.mayBeHeard();
      stack.post(message, lying, new Try(message, ++round));
    }
  }

  @Override
  public void cut() {
    away = true;
    round++;
    owner.mayBeHeard();
    stack.abandon();
  }

  @Override
  public void restore() {
    if (!away) {
      return;
    }
    away = false;
    Message message = current;
    if (message != null && !dropIfBad()) {
      owner.resent(message.n());
      attempt(message);
    }
  }

  @Override
  public void sleep() {
    // between messages a CoAP device is always asleep
  }

  @Override
  public void mute() {
    cut();
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
    stack.abandon();
    owner.unanswered(message.n());
    return true;
  }

  @Override
  public void lose(double chance) {
    stack.lose(chance);
  }

  @Override
  public void move() {
    stack.move();
    Message message = current;
    if (message != null && !away && !dropIfBad()) {
      // what was under way from the old address gets no answer any more
      owner.resent(message.n());
      attempt(message);
    }
  }

  private void answered(Message message, int code, String said, int maxAgeSeconds) {
    if (code >>> 5 == 2) {
      current = null;
      if (spec.group().qos() > 0) {
        owner.acked(message.n());
      }
    } else if (code == CoapMessage.UNAVAILABLE) {
      again(message, Math.min(LONGEST_PAUSE_MILLIS, maxAgeSeconds * 1000L), said);
    } else {
      current = null;
      owner.refused(message.n(), said);
    }
  }

  /** A response to a Non-confirmable message: a refusal counts. */
  private void late(long n, int code, String said) {
    if (code >>> 5 != 2 && code != CoapMessage.UNAVAILABLE) {
      owner.refused(n, said);
    }
  }

  private void again(Message message, long pauseMillis, String why) {
    counters.trouble(spec.id() + ": " + why);
    if (closed || tries >= MOST_TRIES || spec.group().qos() == 0 || message.isBad()) {
      current = null;
      owner.unanswered(message.n());
      return;
    }
    tries++;
    owner.resent(message.n());
    int of = round;
    Timers.after(
        owner.loop(),
        () -> {
          if (of == round) {
            attempt(message);
          }
        },
        Math.max(SHORTEST_PAUSE_MILLIS, pauseMillis));
  }

  @Override
  public void close() {
    closed = true;
    round++;
    stack.close();
  }

  /** One try of a message. */
  private final class Try implements CoapStack.Outcome {
    private final Message message;
    private final int of;

    Try(Message message, int of) {
      this.message = message;
      this.of = of;
    }

    @Override
    public void answered(int code, String said, int maxAgeSeconds) {
      if (of == round) {
        CoapLink.this.answered(message, code, said, maxAgeSeconds);
      }
    }

    @Override
    public void failed(String why) {
      owner.mayBeHeard(); // until now it was sent again and again
      if (of == round) {
        again(message, 0, why);
      }
    }
  }
}
