package io.sluice.engine.registry.command;

import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.operator.CommandService.CommandView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The commands of one device: those that wait, oldest first, and the last that ended. Guarded by
 * its own monitor, which is never held while a link is called.
 */
final class CommandQueue {
  static final int MAX_WAITING = 100;
  static final int MAX_ENDED = 50;

  private final Deque<CommandEntry> waiting = new ArrayDeque<>();
  private final Deque<CommandEntry> ended = new ArrayDeque<>();
  private int reserved;
  private boolean sending;
  private boolean sendAgain;

  /** Keeps a place for a command that is being written. */
  synchronized boolean reserve() {
    if (waiting.size() + reserved >= MAX_WAITING) {
      return false;
    }
    reserved++;
    return true;
  }

  synchronized void release() {
    reserved--;
  }

  synchronized void add(CommandEntry entry) {
    (entry.isWaiting() ? waiting : ended).add(entry);
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty() && ended.isEmpty() && reserved == 0;
  }

  synchronized boolean isWaitedFor() {
    return !waiting.isEmpty();
  }

  /** Whether one of that id waits here or has ended here. */
  synchronized boolean has(String id) {
    return of(waiting, id) != null || of(ended, id) != null;
  }

  /** Id of the oldest that was given out and waits for its answer, or null. */
  synchronized @Nullable String oldestSent() {
    for (CommandEntry entry : waiting) {
      if (!entry.isQueued()) {
        return entry.command().id();
      }
    }
    return null;
  }

  /** Those that wait. */
  synchronized List<CommandEntry> waiting() {
    return List.copyOf(waiting);
  }

  /** Those that wait, and those of these ids that ended. */
  synchronized List<CommandEntry> waitingOr(Set<String> endedIds) {
    List<CommandEntry> found = new ArrayList<>(waiting);
    ended.stream().filter(entry -> endedIds.contains(entry.command().id())).forEach(found::add);
    return found;
  }

  /** What stands between has it; does nothing where none of that id waits. */
  synchronized void handedOver(String id) {
    CommandEntry entry = of(waiting, id);
    if (entry != null) {
      entry.handedOver();
    }
  }

  /** Whether the caller is to send; if another thread is at it, that one looks once more. */
  synchronized boolean beginSending() {
    if (sending) {
      sendAgain = true;
      return false;
    }
    sending = true;
    return true;
  }

  /** False where there was a call meanwhile: the caller goes on. */
  synchronized boolean endSending() {
    if (sendAgain) {
      sendAgain = false;
      return false;
    }
    sending = false;
    return true;
  }

  /** The sender failed: others may send. */
  synchronized void abandonSending() {
    sending = false;
    sendAgain = false;
  }

  /** The oldest that this session has not been given yet, marked as sent; null where none is. */
  synchronized @Nullable CommandEntry nextOn(
      DeviceLink link, long nowMicros, long registration, Predicate<CommandEntry> mayGive) {
    return take(
        entry -> entry.registration() == registration && entry.isDueOn(link) && mayGive.test(entry),
        link,
        nowMicros);
  }

  /** The oldest that waits, or was given out before the moment named and not acknowledged since. */
  synchronized @Nullable CommandEntry poll(
      long nowMicros, long sentBeforeMicros, long registration, Predicate<CommandEntry> mayGive) {
    Predicate<CommandEntry> mayBe =
        entry -> entry.registration() == registration && mayGive.test(entry);
    CommandEntry queued = take(mayBe.and(CommandEntry::isQueued), null, nowMicros);
    return queued != null
        ? queued
        : take(mayBe.and(entry -> entry.isDueAgain(sentBeforeMicros)), null, nowMicros);
  }

  /** Takes those that match out, without an end; none while they are being sent. */
  synchronized List<CommandEntry> takeOut(Predicate<CommandEntry> which) {
    if (sending) {
      return List.of();
    }
    List<CommandEntry> out = waiting.stream().filter(which).toList();
    waiting.removeAll(out);
    return out;
  }

  private @Nullable CommandEntry take(
      Predicate<CommandEntry> due, @Nullable DeviceLink link, long nowMicros) {
    for (CommandEntry entry : waiting) {
      if (due.test(entry) && !entry.expired(nowMicros)) {
        entry.sent(link, nowMicros);
        return entry;
      }
    }
    return null;
  }

  /** Ends one that waits as the step says; null where none of that id waits. */
  synchronized @Nullable CommandEntry end(String id, Consumer<CommandEntry> step) {
    CommandEntry entry = of(waiting, id);
    if (entry != null) {
      step.accept(entry);
      end(entry);
    }
    return entry;
  }

  /** One that has ended; null where there is none of that id. */
  synchronized @Nullable CommandEntry ended(String id) {
    return of(ended, id);
  }

  /**
   * Queues one again; null where it is not with that link any more.
   *
   * @param link null for a poll
   */
  synchronized @Nullable CommandEntry returned(String id, @Nullable DeviceLink link) {
    CommandEntry entry = of(waiting, id);
    return entry != null && entry.returned(link) ? entry : null;
  }

  private static @Nullable CommandEntry of(Deque<CommandEntry> entries, String id) {
    for (CommandEntry entry : entries) {
      if (entry.command().id().equals(id)) {
        return entry;
      }
    }
    return null;
  }

  private void end(CommandEntry entry) {
    waiting.remove(entry);
    ended.add(entry);
  }

  /** The clock was set by so much; those that wait keep the time that they have left. */
  synchronized List<CommandEntry> shift(long micros) {
    waiting.forEach(entry -> entry.shift(micros));
    return List.copyOf(waiting);
  }

  /**
   * Ends those whose time is over, and those of another registration.
   *
   * @param registration of the device now, 0 where it is gone
   */
  synchronized List<CommandEntry> expire(long nowMicros, long registration) {
    return end(entry -> entry.registration() != registration || entry.expired(nowMicros));
  }

  /** Ends those that match. */
  synchronized List<CommandEntry> end(Predicate<CommandEntry> which) {
    List<CommandEntry> over = new ArrayList<>(0);
    for (CommandEntry entry : waiting) {
      if (which.test(entry)) {
        entry.expired();
        over.add(entry);
      }
    }
    over.forEach(this::end);
    return over;
  }

  /** The oldest of too many that ended, null where there are not too many. */
  synchronized @Nullable CommandEntry surplus() {
    return ended.size() > MAX_ENDED ? ended.peek() : null;
  }

  synchronized void forget(CommandEntry entry) {
    ended.remove(entry);
  }

  synchronized @Nullable CommandView view(String id) {
    for (CommandView view : views()) {
      if (view.id().equals(id)) {
        return view;
      }
    }
    return null;
  }

  /** Newest first. */
  synchronized List<CommandView> views() {
    List<CommandEntry> all = new ArrayList<>(waiting);
    all.addAll(ended);
    all.sort(Comparator.comparingLong(CommandEntry::sequence).reversed());
    return all.stream().map(CommandEntry::view).toList();
  }
}
