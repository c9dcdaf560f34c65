package io.sluice.adapter.testkit;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The links of each device in the order in which they began, as {@link
 * io.sluice.api.adapter.Sessions} tells; one that never ends is waited for without end.
 * Thread-safe.
 */
final class LinkOrder {
  private final Map<DeviceId, List<Place>> places = new HashMap<>();

  private static final class Place {
    private final DeviceLink link;
    private final CompletableFuture<Void> turn = new CompletableFuture<>();
    private boolean hasSession;

    private Place(DeviceLink link) {
      this.link = link;
    }
  }

  /** Closes the link before. The future is done in the link's turn. */
  CompletableFuture<Void> claim(DeviceId device, DeviceLink link) {
    Place place;
    Place before = null;
    synchronized (this) {
      List<Place> all = places.computeIfAbsent(device, id -> new ArrayList<>());
      place = place(all, link);
      if (place == null) {
        place = new Place(link);
        before = all.isEmpty() ? null : all.getLast();
        all.add(place);
      }
    }
    if (before == null) {
      giveTurn(device);
    } else {
      before.link.close(LinkEnd.TAKEN_OVER);
    }
    return place.turn;
  }

  boolean claimFree(DeviceId device, DeviceLink link) {
    synchronized (this) {
      if (!places.getOrDefault(device, List.of()).isEmpty()) {
        return false;
      }
      places.computeIfAbsent(device, id -> new ArrayList<>()).add(new Place(link));
    }
    giveTurn(device);
    return true;
  }

  void attach(DeviceId device, DeviceLink link) {
    var _ = claim(device, link);
    synchronized (this) {
      Place place = place(places.getOrDefault(device, List.of()), link);
      if (place != null) {
        place.hasSession = true;
      }
    }
  }

  /**
   * Lets the next have its turn.
   *
   * @param ended run before, but not where the link had ended before
   */
  void detach(DeviceId device, DeviceLink link, Runnable ended) {
    boolean isEnd;
    synchronized (this) {
      List<Place> all = places.getOrDefault(device, new ArrayList<>());
      isEnd = all.removeIf(place -> place.link.equals(link));
    }
    if (isEnd) {
      ended.run();
    }
    giveTurn(device);
  }

  private void giveTurn(DeviceId device) {
    Place first;
    synchronized (this) {
      List<Place> all = places.getOrDefault(device, List.of());
      first = all.isEmpty() ? null : all.getFirst();
    }
    if (first != null) {
      first.turn.complete(null);
    }
  }

  /** The last link with a session; null where none has. */
  synchronized @Nullable DeviceLink link(DeviceId device) {
    for (Place place : places.getOrDefault(device, List.of()).reversed()) {
      if (place.hasSession) {
        return place.link;
      }
    }
    return null;
  }

  /** The link that may be given commands; null where none may. */
  synchronized @Nullable DeviceLink taker(DeviceId device) {
    List<Place> all = places.getOrDefault(device, List.of());
    return all.isEmpty() || !all.getFirst().hasSession ? null : all.getFirst().link;
  }

  private static @Nullable Place place(List<Place> all, DeviceLink link) {
    for (Place place : all) {
      if (place.link.equals(link)) {
        return place;
      }
    }
    return null;
  }
}
