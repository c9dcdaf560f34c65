package io.sluice.engine.registry.presence;

import io.sluice.api.RejectReason;
import io.sluice.api.adapter.DeviceLink;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one device: its links that have not ended, in the order in which they began, and
 * its last sign of life. Each volatile field stands for itself. The order of links is guarded by
 * the entry's monitor, which is never held while a link is called.
 */
// links are compared by identity: the very session is meant
@SuppressWarnings("ReferenceEquality")
final class PresenceEntry {
  static final long NEVER = Long.MIN_VALUE;

  /** Of a link that comes where there is none. */
  static final CompletableFuture<Void> NOW = CompletableFuture.completedFuture(null);

  volatile @Nullable InetSocketAddress address;
  volatile @Nullable RejectReason lastRefusal;
  volatile long lastSeenMicros = NEVER;

  /** Topic of the last message that came through its concentrator, or null. */
  volatile @Nullable String topic;

  volatile Presence.Contact contact = Presence.Contact.UNKNOWN;

  /** The last link that has a session, null where none has. Written under the monitor. */
  private volatile @Nullable DeviceLink link;

  /** As many as the device has open connections. The first one's turn has come. */
  private final List<Place> places = new ArrayList<>(0);

  /** A link's place in the order. Guarded by the entry's monitor, except the final fields. */
  static final class Place {
    final DeviceLink link;

    /** Done when no earlier link is left. */
    final CompletableFuture<Void> turn;

    private boolean hasSession;

    /** Done when the link has ended, or has had its time to; null while none follows it. */
    private @Nullable CompletableFuture<Void> end;

    private Place(DeviceLink link, CompletableFuture<Void> turn) {
      this.link = link;
      this.turn = turn;
    }
  }

  /**
   * What a link that left has set going.
   *
   * @param end of the link that left, null where no other follows it
   * @param next whose turn it is now, null where it was another's before or nobody is left
   */
  record Left(@Nullable CompletableFuture<Void> end, @Nullable Place next) {}

  /** The last link that has a session, null where none has. Thread-safe. */
  @Nullable DeviceLink link() {
    return link;
  }

  /** The link that may be given commands now, null where none may. */
  synchronized @Nullable DeviceLink taker() {
    Place first = places.isEmpty() ? null : places.getFirst();
    return first != null && first.hasSession && first.end == null ? first.link : null;
  }

  synchronized boolean isFree() {
    return places.isEmpty();
  }

  synchronized @Nullable Place find(DeviceLink which) {
    for (Place place : places) {
      if (place.link == which) {
        return place;
      }
    }
    return null;
  }

  /** The place of a link, behind the others where it has none yet. */
  synchronized Place place(DeviceLink which) {
    Place known = find(which);
    if (known != null) {
      return known;
    }
    Place place = new Place(which, places.isEmpty() ? NOW : new CompletableFuture<>());
    places.add(place);
    return place;
  }

  /** The same where there is no link at all; null where there is one. */
  synchronized @Nullable Place placeIfFree(DeviceLink which) {
    return places.isEmpty() ? place(which) : null;
  }

  /**
   * The place just before that one, to be closed; null where there is none, or it is being closed.
   * From now on it has an {@link #endOf end}.
   */
  synchronized @Nullable Place closeBefore(Place place) {
    int at = places.indexOf(place);
    Place before = at > 0 ? places.get(at - 1) : null;
    if (before == null || before.end != null) {
      return null;
    }
    before.end = new CompletableFuture<>();
    return before;
  }

  synchronized @Nullable CompletableFuture<Void> endOf(Place place) {
    return place.end;
  }

  /** The link has a session now; false where it has no place any more. */
  synchronized boolean begin(Place place) {
    if (!places.contains(place)) {
      return false;
    }
    place.hasSession = true;
    last();
    if (link == place.link) {
      contact = place.link.isSession() ? Presence.Contact.LIVE : Presence.Contact.SESSIONLESS;
    }
    return true;
  }

  /** Takes the session of each link away; they stay in the order until they end. The last link. */
  synchronized @Nullable DeviceLink endSessions() {
    DeviceLink ended = link;
    places.forEach(place -> place.hasSession = false);
    last();
    return ended;
  }

  /** Takes a link out of the order; null where it is not in it. */
  synchronized @Nullable Left leave(Place place) {
    int at = places.indexOf(place);
    if (at < 0) {
      return null;
    }
    places.remove(at);
    last();
    return new Left(place.end, at == 0 && !places.isEmpty() ? places.getFirst() : null);
  }

  /** Finds the last link with a session. */
  private void last() {
    DeviceLink found = null;
    for (Place place : places) {
      found = place.hasSession ? place.link : found;
    }
    link = found;
    if (found == null && contact == Presence.Contact.LIVE) {
      contact = Presence.Contact.ENDED;
    }
  }

  /** A sign of life that no session stands behind. */
  synchronized void sessionless() {
    if (contact != Presence.Contact.LIVE) {
      contact = Presence.Contact.SESSIONLESS;
    }
  }

  /** Another device has said whether it is there; null: nobody knows any more. */
  synchronized void told(@Nullable Boolean isThere) {
    if (link == null) {
      contact =
          isThere == null
              ? Presence.Contact.UNKNOWN
              : isThere ? Presence.Contact.LIVE : Presence.Contact.GONE;
    }
  }

  /** Another device has the id from now on, or none. */
  synchronized void forget() {
    address = null;
    lastRefusal = null;
    topic = null;
    lastSeenMicros = NEVER;
    contact = Presence.Contact.UNKNOWN;
  }
}
