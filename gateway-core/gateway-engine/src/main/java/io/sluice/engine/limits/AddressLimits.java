package io.sluice.engine.limits;

import io.sluice.api.AddressKey;
import io.sluice.api.Limit;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections at once and new ones a second, from each address ({@link AddressKey}) and in all.
 * Thread-safe, never blocks.
 *
 * <p>Holds {@value #MAX_ADDRESSES} addresses; beyond that further ones share one account.
 */
public final class AddressLimits {
  static final int MAX_ADDRESSES = 100_000;
  private static final double BURST_SECONDS = 10;
  private static final Object OTHERS = new Object();

  private static final class Account {
    private final @Nullable TokenBucket rate;
    private int open;

    private Account(@Nullable TokenBucket rate) {
      this.rate = rate;
    }
  }

  private final LimitSettings settings;
  private final LongSupplier nanoTime;
  private final @Nullable TokenBucket all;
  private final boolean isPerAddress;
  private final ConcurrentMap<Object, Account> accounts = new ConcurrentHashMap<>();

  public AddressLimits(LimitSettings settings) {
    this(settings, System::nanoTime);
  }

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  AddressLimits(LimitSettings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.all = bucket(settings.connectionRate());
    this.isPerAddress =
        settings.connectionRatePerAddress() > 0 || settings.connectionsPerAddress() > 0;
  }

  private @Nullable TokenBucket bucket(int perSecond) {
    return perSecond == 0
        ? null
        : new TokenBucket(perSecond, perSecond * BURST_SECONDS, nanoTime.getAsLong());
  }

  /** Counts a new connection; null where it may stay, until {@link #leave}. */
  public @Nullable Limit enter(InetSocketAddress from) {
    @Nullable Limit[] verdict = new Limit[1];
    if (isPerAddress) {
      accounts.compute(
          key(from),
          (key, known) -> {
            Account account =
                known == null ? new Account(bucket(settings.connectionRatePerAddress())) : known;
            verdict[0] = enter(account);
            return account;
          });
    }
    if (verdict[0] == null && all != null && all.take(1, nanoTime.getAsLong()) > 0) {
      leave(from);
      return Limit.CONNECTION_RATE;
    }
    return verdict[0];
  }

  private @Nullable Limit enter(Account account) {
    int most = settings.connectionsPerAddress();
    if (most > 0 && account.open >= most) {
      return Limit.CONNECTIONS_PER_ADDRESS;
    }
    if (account.rate != null && account.rate.take(1, nanoTime.getAsLong()) > 0) {
      return Limit.CONNECTION_RATE_PER_ADDRESS;
    }
    account.open++;
    return null;
  }

  /** A connection that was let in has ended. */
  public void leave(InetSocketAddress from) {
    if (isPerAddress) {
      accounts.computeIfPresent(
          key(from),
          (key, account) -> {
            account.open--;
            return isIdle(account) ? null : account;
          });
    }
  }

  private boolean isIdle(Account account) {
    return account.open <= 0 && (account.rate == null || account.rate.isFull(nanoTime.getAsLong()));
  }

  private Object key(InetSocketAddress from) {
    AddressKey key = AddressKey.of(from);
    return accounts.size() < MAX_ADDRESSES || accounts.containsKey(key) ? key : OTHERS;
  }

  /** Forgets addresses that hold nothing; every minute or so. */
  public void sweep() {
    accounts.forEach((key, any) ->
        accounts.computeIfPresent(key, (same, account) -> isIdle(account) ? null : account));
  }

  /** Addresses that are remembered. */
  int size() {
    return accounts.size();
  }
}
