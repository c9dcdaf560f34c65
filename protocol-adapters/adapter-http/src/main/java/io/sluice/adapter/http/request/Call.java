package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.RequestHead;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.adapter.Admission;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. First its head is there, and either an answer or {@link #proceed}
 * follows; then its body, and the answer. Confined to the event loop of its connection.
 */
public abstract class Call {
  private final RequestHead head;
  private final Origin origin;
  private boolean isAnswered;
  private @Nullable Runnable ifGone;
  private @Nullable HeldBytes held;
  private int heldBytes;

  /** Filled in by the service as it learns it. */
  @Nullable Route route;

  Admission.@Nullable Admitted admitted;

  /** By which it is known again, or null. */
  @Nullable String key;

  /** Of a signed request. */
  @Nullable Shown shown;

  @Nullable Signed signed;

  protected Call(RequestHead head, Origin origin) {
    this.head = head;
    this.origin = origin;
  }

  public final RequestHead head() {
    return head;
  }

  public final Origin origin() {
    return origin;
  }

  public final boolean isAnswered() {
    return isAnswered;
  }

  /** Answers, unless that was done. */
  public final void answer(Response response) {
    if (!isAnswered) {
      isAnswered = true;
      write(origin.cors.apply(head, response));
      HeldBytes room = held;
      if (room != null) {
        room.giveBack(heldBytes);
      }
    }
  }

  /** What is given back with the answer. */
  final void holds(HeldBytes room, int bytes) {
    held = room;
    heldBytes = bytes;
  }

  /** Runs once if the connection or stream ends before the answer. */
  final void whenGone(Runnable task) {
    ifGone = task;
  }

  /** The connection or stream has ended. */
  public final void gone() {
    Runnable task = ifGone;
    ifGone = null;
    if (task != null && !isAnswered) {
      task.run();
    }
  }

  /** Nobody waits for the answer any more: the connection or stream has ended. */
  public abstract boolean isGone();

  /** Takes the body, and hands it to {@link RequestService#complete}. */
  protected abstract void proceed(int maxBodyBytes);

  /** Sends the answer, in its turn. Once. */
  protected abstract void write(Response response);
}
