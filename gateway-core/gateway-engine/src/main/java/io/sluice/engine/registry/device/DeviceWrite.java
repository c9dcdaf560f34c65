package io.sluice.engine.registry.device;

import io.sluice.api.store.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of one or many devices, decided while nothing else changes them. Immutable.
 *
 * @param steps what the store applies, in one transaction
 * @param replaced what is told to listeners once it holds, in this order
 * @param unstored entries that show in memory only; see {@link SeedPasswords}
 */
public record DeviceWrite(List<Step> steps, List<Replaced> replaced, List<DeviceEntry> unstored) {
  /**
   * What became of one device.
   *
   * @param before null where it is new
   * @param after null where it is removed
   */
  public record Replaced(@Nullable DeviceEntry before, @Nullable DeviceEntry after) {}

  /** Decides a change. Called under the lock of {@link DeviceStore}. */
  @FunctionalInterface
  public interface Decision<X extends Exception> {
    /** Null where nothing is to be changed. */
    @Nullable DeviceWrite decide() throws X;
  }

  /** Of one device. */
  public static DeviceWrite of(
      List<Step> steps, @Nullable DeviceEntry before, @Nullable DeviceEntry after) {
    return new DeviceWrite(steps, List.of(new Replaced(before, after)), List.of());
  }
}
