package io.sluice.api.store;

import java.util.List;
import java.util.function.Consumer;

/**
 * What the registry keeps: devices with their credentials, claims, known places, and commands. The
 * registry reads all of it at start, answers from memory, and follows the changes by number.
 *
 * <p>Thread-safe. Every method but {@link #changes} may block on a disk or a network, so none is
 * called from an event loop.
 */
public interface RegistryStore extends AutoCloseable {
  /** Takes what a store holds, in the order of these methods. */
  interface Loader {
    /** Takes a device. Devices come in no order. */
    default void device(StoredDevice device) {}

    /** Takes the digest of a device file's entry as it was applied last. */
    default void seedDigest(String device, String digest) {}

    /** Takes a device that does not come back by itself. The first barred comes first. */
    default void barred(String device) {}

    /** Takes a claim, expired or not. */
    default void claim(StoredClaim claim) {}

    /** Takes a device that came by a claim and has not shown what that gave it. */
    default void claimed(ClaimedDevice device) {}

    /** Takes a known place. The latest comes first. */
    default void knownPlace(long digest) {}

    /** Takes a command. Commands come in the order of their numbers. */
    default void command(StoredCommand command) {}

    /** Takes up to where this store has followed the fleet's, where it does. */
    default void followed(Step.FollowTo place) {}
  }

  /**
   * Reads everything as it is at one moment. The loader must not call the store.
   *
   * @return the revision of that moment: {@link #changes} goes on with the next
   * @throws StoreUnavailableException where it cannot be read
   */
  long load(Loader loader);

  /**
   * Applies all steps in their order, or none of them. Once it has returned, they survive a crash
   * and a power cut, and every listener of {@link #changes} has been told of them, on this thread.
   *
   * @return the revision of the change, greater than all before
   * @throws StoreConflictException where a step does not fit what is stored: nothing is kept
   * @throws StoreUnavailableException where the store fails: nothing is kept, and the same change
   *     may be applied again
   */
  long apply(List<Step> steps);

  /** As {@link #apply(List)}. */
  default long apply(Step... steps) {
    return apply(List.of(steps));
  }

  /**
   * Has the listener told of every change from now on, in the order of revisions: those applied
   * here, and those that another gateway applied to the same store. It is called by one thread at a
   * time, but for changes that are not {@link AppliedChange#own}, which may come beside an own one:
   * where both are of the same device, the later is told again. It must not call the store, must
   * not throw, and must take no lock that is held around {@link #apply}, except for a change that
   * is not {@link AppliedChange#own}: for these the store holds no lock of its own.
   */
  void changes(Consumer<AppliedChange> listener);

  /** Looks whether a store that has failed is well again. Called every second or so. */
  void probe();

  @Override
  void close();
}
