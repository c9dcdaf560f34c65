package io.sluice.engine.fleet;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.LinkEnd;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Sessions;
import io.sluice.api.fleet.FleetSessions;
import io.sluice.api.fleet.FleetSessions.Claimed;
import io.sluice.api.fleet.FleetSessions.SignIn;
import io.sluice.api.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of the gateway that the fleet hears of. A sign-in is never held up: it is written
 * afterwards, with what else came meanwhile, and says how long ago it was. Of two gateways the
 * later sign-in has the device; the link at the other is closed as taken over.
 *
 * <p>As many entries as devices have links here, and as many as have polled without one. Sessions'
 * own methods are thread-safe and never block; {@link #write} and {@link #recheck} block, and are
 * called by one thread.
 */
// links are compared by identity: the very session is meant
@SuppressWarnings("ReferenceEquality")
final class RoamingSessions implements Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(RoamingSessions.class);

  /** Sign-ins in one transaction. */
  static final int BATCH = 500;

  private static final long UNKNOWN = 0;

  private final Sessions presence;
  private final FleetSessions fleet;
  private final String gateway;
  private final LongSupplier nanoTime;
  private final Runnable wake;
  private final ConcurrentMap<String, Here> here = new ConcurrentHashMap<>();
  private final Queue<Here> unwritten = new ConcurrentLinkedQueue<>();
  private final LongAdder takenOver = new LongAdder();
  private final SessionFights fights;

  /** A device that is here. Its fields are guarded by its monitor. */
  private static final class Here {
    final String device;
    final long signedInNanos;
    private @Nullable DeviceLink link;
    private long epoch = UNKNOWN;
    private long lostEpoch = UNKNOWN;

    Here(String device, DeviceLink link, long signedInNanos) {
      this.device = device;
      this.link = link;
      this.signedInNanos = signedInNanos;
    }

    synchronized @Nullable DeviceLink link() {
      return link;
    }

    synchronized void leave() {
      link = null;
    }

    /** Whether the fleet knows it here, so that a poll need not tell it again. */
    synchronized boolean isKnown() {
      return epoch != UNKNOWN && lostEpoch <= epoch;
    }

    synchronized boolean isHeldAt(long known) {
      epoch = known;
      return lostEpoch <= known;
    }

    /** Whether another gateway has it since: not so long as the own sign-in is not written. */
    synchronized boolean isLostAt(long known) {
      lostEpoch = Math.max(lostEpoch, known);
      return epoch != UNKNOWN && lostEpoch > epoch;
    }

    synchronized void again(DeviceLink next) {
      link = next;
    }
  }

  /**
   * @param wake called when there is something to write; any thread, not to block
   * @param nanoTime as {@link System#nanoTime}
   */
  RoamingSessions(
      Sessions presence,
      FleetSessions fleet,
      String gateway,
      LongSupplier nanoTime,
      Runnable wake) {
    this.presence = presence;
    this.fleet = fleet;
    this.gateway = gateway;
    this.nanoTime = nanoTime;
    this.wake = wake;
    this.fights = new SessionFights(gateway, nanoTime);
  }

  @Override
  public CompletionStage<Void> claim(Admission.Admitted admitted, DeviceLink link) {
    return presence.claim(admitted, link);
  }

  @Override
  public boolean claimFree(Admission.Admitted admitted, DeviceLink link) {
    return presence.claimFree(admitted, link);
  }

  @Override
  public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
    String device = admitted.device().id().value();
    Here before = here.get(device);
    if (before != null && !link.isSession() && before.isKnown()) {
      before.again(link);
      return presence.attach(admitted, peer, link) || left(before, link);
    }
    Here now = new Here(device, link, nanoTime.getAsLong());
    here.put(device, now);
    if (!presence.attach(admitted, peer, link)) {
      here.remove(device, now);
      return false;
    }
    unwritten.add(now);
    wake.run();
    return true;
  }

  private static boolean left(Here entry, DeviceLink link) {
    if (entry.link() == link) {
      entry.leave();
    }
    return false;
  }

  @Override
  public void detach(DeviceId device, DeviceLink link) {
    presence.detach(device, link);
    Here entry = here.get(device.value());
    if (entry != null && entry.link() == link) {
      if (link.isSession()) {
        here.remove(device.value(), entry);
      } else {
        entry.leave();
      }
    }
  }

  @Override
  public void seen(DeviceId device, Peer peer) {
    presence.seen(device, peer);
  }

  /** Devices that have a link here. */
  List<String> devices() {
    List<String> devices = new ArrayList<>();
    here.values()
        .forEach(entry -> {
          if (entry.link() != null) {
            devices.add(entry.device);
          }
        });
    return devices;
  }

  /** Links that were closed as their device signed in at another gateway. */
  long takenOver() {
    return takenOver.sum();
  }

  /** Whether sign-ins wait to be written. */
  boolean isUnwritten() {
    return !unwritten.isEmpty();
  }

  /**
   * Writes sign-ins, as many as one transaction takes.
   *
   * @return the devices that are here: whoever queues a command from now on sees where they are,
   *     and what was queued before is to be asked for
   * @throws StoreUnavailableException where the fleet's store is away: they are written later
   */
  List<String> write() {
    List<Here> batch = new ArrayList<>();
    Here next = null;
    while (batch.size() < BATCH && (next = unwritten.poll()) != null) {
      if (here.get(next.device) == next) {
        batch.add(next); // else it is gone, or has signed in again
      }
    }
    if (batch.isEmpty()) {
      return List.of();
    }
    boolean written = false;
    List<Claimed> claimed;
    try {
      long now = nanoTime.getAsLong();
      claimed =
          fleet.claim(
              gateway,
              batch.stream()
                  .map(each -> new SignIn(each.device, (now - each.signedInNanos) / 1_000))
                  .toList());
      written = true;
    } finally {
      if (!written) {
        unwritten.addAll(batch);
      }
    }
    Set<Here> asked = Set.copyOf(batch);
    List<String> stay = new ArrayList<>();
    for (Claimed each : claimed) {
      Here entry = here.get(each.device());
      if (entry != null && asked.contains(entry)) {
        boolean stays = each.won() && entry.isHeldAt(each.epoch());
        if (stays) {
          stay.add(entry.device);
        } else {
          lost(entry, each.holder());
        }
      }
    }
    return stay;
  }

  /** Another gateway has a device from that epoch on. Never blocks. */
  void lost(String device, long epoch, String holder) {
    Here entry = here.get(device);
    if (entry != null && entry.isLostAt(epoch)) {
      lost(entry, holder);
    }
  }

  private void lost(Here entry, String holder) {
    here.remove(entry.device, entry);
    DeviceLink link = entry.link();
    if (link != null) {
      takenOver.increment();
      LOG.info(
          "device {} has signed in at gateway {}; its session here ends", entry.device, holder);
      fights.takenOver(entry.device, holder);
      link.close(LinkEnd.TAKEN_OVER);
    }
  }

  /**
   * Looks which devices others have by now: notices may have been missed.
   *
   * @throws StoreUnavailableException where the fleet's store is away
   */
  void recheck() {
    List<String> all = List.copyOf(here.keySet());
    for (int at = 0; at < all.size(); at += 2 * BATCH) {
      for (Claimed each :
          fleet.holders(gateway, all.subList(at, Math.min(all.size(), at + 2 * BATCH)))) {
        if (!each.won()) {
          lost(each.device(), each.epoch(), each.holder());
        }
      }
    }
  }
}
