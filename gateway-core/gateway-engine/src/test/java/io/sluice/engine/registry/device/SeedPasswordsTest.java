package io.sluice.engine.registry.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.registry.credential.PasswordHasher;
import io.sluice.engine.registry.device.SeedPasswords.Pending;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Seeded passwords where the store does not take them at once. */
@Timeout(60)
class SeedPasswordsTest {
  private final ConcurrentMap<String, String> stored = new ConcurrentHashMap<>();
  private final AtomicInteger attempts = new AtomicInteger();

  private static Pending pending(String id) {
    return new Pending(id, "secret".getBytes(StandardCharsets.UTF_8), "quick", "digest");
  }

  @Test
  void aStoreThatIsAwayForAWhileHasAllPasswordsWhenItIsBack() throws Exception {
    SeedPasswords passwords =
        new SeedPasswords(
            new PasswordHasher(new SecureRandom()),
            (one, hash) -> {
              if (attempts.incrementAndGet() <= 2) {
                throw new StoreUnavailableException("the fleet's store is being caught up with");
              }
              stored.put(one.id(), hash);
            });
    passwords.add(List.of(pending("a"), pending("b")));
    passwords.await();
    assertThat(stored).containsOnlyKeys("a", "b");
    assertThat(passwords.digests()).isEmpty();
    passwords.close();
  }

  @Test
  void theEndDoesNotWaitForAStoreThatStaysAway() throws Exception {
    CountDownLatch tried = new CountDownLatch(1);
    SeedPasswords passwords =
        new SeedPasswords(
            new PasswordHasher(new SecureRandom()),
            (one, hash) -> {
              tried.countDown();
              throw new StoreUnavailableException("away");
            });
    passwords.add(List.of(pending("a")));
    tried.await();
    passwords.close();
    assertThat(passwords.digests()).containsOnlyKeys("a");
  }
}
