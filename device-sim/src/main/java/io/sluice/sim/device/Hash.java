package io.sluice.sim.device;

/** Randomness that is a function of its arguments: the same seed plays the same fleet. */
public final class Hash {
  private Hash() {}

  /** SplitMix64's finalizer over both. */
  public static long mix(long seed, long k) {
    long z = seed + 0x9E3779B97F4A7C15L * (k + 1);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** From 0 (with) to 1 (without). */
  public static double unit(long seed, long k) {
    return (mix(seed, k) >>> 11) * 0x1.0p-53;
  }

  /** From -1 (with) to 1 (without). */
  static double signed(long seed, long k) {
    return 2 * unit(seed, k) - 1;
  }

  /** Value noise: -1 to 1, continuous in x. */
  static double smooth(long seed, double x) {
    long k = (long) Math.floor(x);
    double f = x - k;
    double ease = f * f * (3 - 2 * f);
    return signed(seed, k) * (1 - ease) + signed(seed, k + 1) * ease;
  }
}
