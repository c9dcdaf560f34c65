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
   * @param restart whether a gateway may end its process to try what takes effect with a restart
   * @param released those of the audience that may have it at once; null: all of them
   */
  record Pushed(
      String by,
      String note,
      Audience audience,
      int trialSeconds,
      SortedMap<String, byte[]> files,
      boolean restart,
      @Nullable List<String> released) {
    public Pushed {
      released = released == null ? null : List.copyOf(released);
    }

    /** One that ends no process, for all of its audience at once. */
    public Pushed(
        String by,
        String note,
        Audience audience,
        int trialSeconds,
        SortedMap<String, byte[]> files) {
      this(by, note, audience, trialSeconds, files, false, null);
    }
  }

  /**
   * A version without its files.
   *
   * @param atMicros when it was pushed, microseconds since the epoch, by the store's clock
   * @param restart as {@link Pushed#restart}
   * @param released as {@link Pushed#released}, by now
   */
  record Version(
      long version,
      String by,
      long atMicros,
      String note,
      Audience audience,
      int trialSeconds,
      String sha256,
      boolean restart,
      @Nullable List<String> released) {}

  /** A version for one gateway. */
  record Offer(Version version, SortedMap<String, byte[]> files) {}

  /**
   * What a gateway said of a version. Times are microseconds since the epoch, by the store's clock.
   *
   * @param atMicros when it said so
   * @param by who pushed the version
   * @param pushedMicros when
   */
  record Report(
      String gateway,
      long version,
      Step step,
      String detail,
      long atMicros,
      String by,
      long pushedMicros) {}

  /** Adds a version, and wakes the gateways that it is for. */
  Version push(Pushed pushed);

  /**
   * Gives a version to more of its audience, and wakes them.
   *
   * @param gateways all that may have it from now on; null: the whole audience
   */
  void release(long version, @Nullable List<String> gateways);

  /** The newest version that is for this gateway; null where none is, or it is {@code known}. */
  @Nullable Offer newest(String gateway, @Nullable String region, long known);

  /** Keeps what a gateway says of a version. */
  void tell(String gateway, long version, Step step, String detail);

  /** A version; null where there is none of that number. */
  @Nullable Version version(long version);

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
