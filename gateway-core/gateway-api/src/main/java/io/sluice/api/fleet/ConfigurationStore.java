package io.sluice.api.fleet;

import io.sluice.api.store.StoreUnavailableException;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The configurations that a fleet gives to its gateways. Versions count up over the whole fleet;
 * one that was pushed never changes. Thread-safe; every method may wait for a network and throws
 * {@link StoreUnavailableException} where the store is away.
 */
public interface ConfigurationStore {
  /** How far a gateway has come with a version. */
  enum Step {
    /** Its check found faults, or it wants a restart: nothing was changed. */
    REFUSED,
    /** It holds for a while, and the gateway looks whether all comes back. */
    ON_TRIAL,
    /** It holds. */
    CONFIRMED,
    /** Something did not come back: the one before holds again. */
    RETURNED
  }

  /**
   * Whom a version is for.
   *
   * @param gateways ids; with none of them all gateways of the region
   * @param region null for every region
   */
  record Audience(List<String> gateways, @Nullable String region) {
    public Audience {
      gateways = List.copyOf(gateways);
    }

    /** As people say it. */
    public String text() {
      return gateways.isEmpty()
          ? region == null ? "all gateways" : "region " + region
          : String.join(", ", gateways);
    }
  }

  /**
   * What is pushed.
   *
   * @param by who pushed it
   * @param note why, in a sentence; may be empty
   * @param trialSeconds how long a gateway tries it; 1 to 3,600
   * @param files relative path to content; one of them is {@code sluice.yaml}
   */
  record Pushed(
      String by,
      String note,
      Audience audience,
      int trialSeconds,
      SortedMap<String, byte[]> files) {}

  /**
   * A version without its files.
   *
   * @param atMicros when it was pushed, microseconds since the epoch, by the store's clock
   */
  record Version(
      long version,
      String by,
      long atMicros,
      String note,
      Audience audience,
      int trialSeconds,
      String sha256) {}

  /** A version for one gateway. */
  record Offer(Version version, SortedMap<String, byte[]> files) {}

  /**
   * What a gateway said of a version.
   *
   * @param atMicros microseconds since the epoch, by the store's clock
   */
  record Report(String gateway, long version, Step step, String detail, long atMicros) {}

  /** Adds a version, and wakes the gateways that it is for. */
  Version push(Pushed pushed);

  /** The newest version that is for this gateway; null where none is, or it is {@code known}. */
  @Nullable Offer newest(String gateway, @Nullable String region, long known);

  /** Keeps what a gateway says of a version. */
  void tell(String gateway, long version, Step step, String detail);

  /** The newest versions, the newest first. */
  List<Version> versions(int limit);

  /** The files of a version; null where there is no such version. */
  @Nullable SortedMap<String, byte[]> files(long version);

  /**
   * What gateways said of a version, by gateway; 0: of the version that each said something of
   * last.
   */
  List<Report> reports(long version);
}
