package io.sluice.engine.registry.command;

import io.sluice.api.Command;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.operator.CommandService.CommandView;
import io.sluice.api.operator.CommandService.State;
import io.sluice.api.store.Step;
import io.sluice.api.store.StoredCommand;
import org.jspecify.annotations.Nullable;

/**
 * One command and how far it has come. Guarded by its own monitor: adapters' threads change it, the
 * writer reads it.
 */
// links are compared by identity: the very session is meant
@SuppressWarnings("ReferenceEquality")
final class CommandEntry {
  private static final byte[] NO_PAYLOAD = {};

  private final long sequence;

  /** Of the device, as it was when the command was made or loaded. */
  private final long registration;

  private Command command;
  private State state;
  private @Nullable Long sentMicros;
  private @Nullable Long acknowledgedMicros;
  private @Nullable DeviceLink sentOn;
  private boolean evicted;

  /** What stands between has it: nobody is given it again. */
  private boolean isHandedOver;

  private @Nullable Integer reasonCode;

  /** Nothing is waited for any more, whatever the state. */
  private boolean isOver;

  /** The fleet knows it: it is kept there, and not here. */
  private boolean isShared;

  /**
   * @param registration of the device now: the command is for no later one of the same id
   */
  CommandEntry(long sequence, Command command, long registration) {
    this(new StoredCommand(sequence, command, State.QUEUED, null, null, null, false), registration);
  }

  CommandEntry(StoredCommand row, long registration) {
    this.registration = registration;
    this.sequence = row.sequence();
    this.command = row.command();
    this.state = row.state();
    this.sentMicros = row.sentMicros();
    this.acknowledgedMicros = row.acknowledgedMicros();
    this.reasonCode = row.reasonCode();
    this.isOver = row.isOver() || !(state == State.QUEUED || state == State.SENT);
  }

  /** One of the fleet. */
  static CommandEntry ofFleet(long sequence, Command command, long registration) {
    CommandEntry entry = new CommandEntry(sequence, command, registration);
    entry.share();
    return entry;
  }

  synchronized void share() {
    isShared = true;
  }

  synchronized boolean isShared() {
    return isShared;
  }

  synchronized boolean isHandedOver() {
    return isHandedOver;
  }

  /** Whether no session has it in hand. */
  synchronized boolean isInNoHand() {
    return sentOn == null && !isHandedOver;
  }

  synchronized SharedCommand shared() {
    return new SharedCommand(
        command.id(), command.device(), state, sentMicros, acknowledgedMicros, reasonCode, isOver);
  }

  synchronized FleetQueues.Own own() {
    return new FleetQueues.Own(command, state, sentMicros);
  }

  long sequence() {
    return sequence;
  }

  long registration() {
    return registration;
  }

  synchronized Command command() {
    return command;
  }

  synchronized boolean isWaiting() {
    return !isOver;
  }

  synchronized boolean isQueued() {
    return state == State.QUEUED;
  }

  /** The clock was set: the time that is left stays what it is. */
  synchronized void shift(long micros) {
    command =
        new Command(
            command.id(),
            command.device(),
            command.name(),
            command.contentType(),
            command.payload(),
            command.createdMicros() + micros,
            command.expiresMicros() + micros,
            command.encoded());
    sentMicros = sentMicros == null ? null : Long.valueOf(sentMicros + micros);
  }

  synchronized boolean expired(long nowMicros) {
    return command.expiresMicros() <= nowMicros;
  }

  /** Whether the session behind this link has yet to be given it. */
  synchronized boolean isDueOn(DeviceLink link) {
    return state == State.QUEUED || (state == State.SENT && sentOn != link && !isHandedOver);
  }

  /** Whether a poll may give it out again: sent outside a session, and long enough ago. */
  synchronized boolean isDueAgain(long sentBeforeMicros) {
    return state == State.SENT
        && !isHandedOver
        && sentOn == null
        && sentMicros != null
        && sentMicros <= sentBeforeMicros;
  }

  synchronized void sent(@Nullable DeviceLink link, long nowMicros) {
    state = State.SENT;
    sentOn = link;
    sentMicros = nowMicros;
    isHandedOver = false;
  }

  synchronized void handedOver() {
    isHandedOver = state == State.SENT && !isOver;
  }

  /** It has the device's own bytes from now on, where they were not made before. */
  synchronized void encoded(Command.Encoded bytes) {
    command = command.encoded(bytes);
  }

  /**
   * Queued again; false where it has ended meanwhile, or was given to another.
   *
   * @param link that was given it, null for a poll
   */
  synchronized boolean returned(@Nullable DeviceLink link) {
    if (state != State.SENT || isOver || sentOn != link) {
      return false;
    }
    state = State.QUEUED;
    sentOn = null;
    return true;
  }

  synchronized void acknowledged(long nowMicros) {
    acknowledgedMicros = nowMicros;
    end(State.ACKNOWLEDGED);
  }

  synchronized void refused(long nowMicros, int code) {
    acknowledgedMicros = nowMicros;
    reasonCode = code;
    end(State.REFUSED);
  }

  /**
   * Answered after its end: the device has it all the same. One that was cancelled stays so. False
   * where that changes nothing.
   *
   * @param refusal the reason code of a refusal, or null
   */
  synchronized boolean answeredLate(long nowMicros, @Nullable Integer refusal) {
    boolean mayCome =
        state == State.EXPIRED || state == State.CANCELLED || (state == State.SENT && isOver);
    if (!mayCome || sentMicros == null || acknowledgedMicros != null) {
      return false;
    }
    acknowledgedMicros = nowMicros;
    reasonCode = refusal;
    if (state != State.CANCELLED) {
      state = refusal == null ? State.ACKNOWLEDGED : State.REFUSED;
    }
    return true;
  }

  /** Nothing is answered to it. */
  synchronized void unanswered() {
    end(State.SENT);
  }

  synchronized void cancelled() {
    end(State.CANCELLED);
  }

  synchronized void expired() {
    end(State.EXPIRED);
  }

  private void end(State last) {
    isOver = true;
    state = last;
    sentOn = null;
    command =
        new Command(
            command.id(),
            command.device(),
            command.name(),
            command.contentType(),
            NO_PAYLOAD,
            command.createdMicros(),
            command.expiresMicros());
  }

  /** Has left the history: its row goes. */
  synchronized void evict() {
    evicted = true;
  }

  /** What has the store hold it as it is now. */
  synchronized Step step() {
    return evicted || isShared
        ? new Step.RemoveCommand(sequence)
        : new Step.SaveCommand(
            new StoredCommand(
                sequence, command, state, sentMicros, acknowledgedMicros, reasonCode, isOver));
  }

  synchronized CommandView view() {
    return new CommandView(
        command.id(),
        command.device(),
        command.name(),
        state,
        command.createdMicros(),
        command.expiresMicros(),
        sentMicros,
        acknowledgedMicros,
        reasonCode);
  }
}
