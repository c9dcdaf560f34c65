package io.sluice.engine.registry.provision;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.health.Guarded;
import io.sluice.engine.ingest.Newcomers;
import io.sluice.engine.normalize.profile.ChildRule;
import io.sluice.engine.normalize.profile.Profile;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers children that concentrators bring, where the concentrator's profile says so. The disk
 * is waited for by a thread of its own, which ends when nothing comes; {@link #bring} never blocks.
 * Thread-safe.
 */
public final class ChildRegistration implements Newcomers, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildRegistration.class);
  private static final Guarded FAULTS = Guarded.of("child-registration");
  private static final int MAX_WAITING = 1_000;
  private static final int MAX_REFUSED = 10_000;
  private static final Duration REFUSED_FOR = Duration.ofMinutes(1);

  private final SelfRegistration registration;
  private final Function<String, @Nullable Profile> profiles;
  private final Set<String> waiting = ConcurrentHashMap.newKeySet(); // MAX_WAITING at most
  private final Cache<String, String> refused =
      Caffeine.newBuilder()
          .executor(Runnable::run)
          .maximumSize(MAX_REFUSED)
          .expireAfterWrite(REFUSED_FOR)
          .build();
  private final ThreadPoolExecutor thread;

  /**
   * @param profiles the profile of an id, as it is now
   */
  public ChildRegistration(
      SelfRegistration registration, Function<String, @Nullable Profile> profiles) {
    this.registration = registration;
    this.profiles = profiles;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("child-registration").daemon().factory());
    thread.allowCoreThreadTimeOut(true);
  }

  @Override
  public Verdict bring(Device concentrator, String child) {
    Profile profile = profiles.apply(concentrator.profile());
    ChildRule rule = profile == null ? null : profile.children();
    if (rule == null || !rule.takes(child) || registration.isBarred(child)) {
      return Verdict.UNASKED;
    }
    String why = refused.getIfPresent(child);
    if (why != null) {
      return new Verdict(false, why);
    }
    if (waiting.size() < MAX_WAITING && waiting.add(child)) {
      try {
        thread.execute(FAULTS.task(() -> register(concentrator, child, rule)));
      } catch (RejectedExecutionException e) {
        waiting.remove(child); // full or closed: the message is offered again
      }
    }
    return Verdict.UNDER_WAY;
  }

  private void register(Device concentrator, String child, ChildRule rule) {
    String trouble = "its registration failed by a fault of the gateway's own; its log tells more";
    try {
      trouble = trouble(concentrator, child, rule);
    } finally {
      if (trouble != null) {
        refused.put(child, trouble);
      }
      waiting.remove(child);
    }
  }

  private @Nullable String trouble(Device concentrator, String child, ChildRule rule) {
    if (profiles.apply(rule.profile()) == null) {
      return "device %s is not registered: children.profile of profile %s, \"%s\", is not loaded"
          .formatted(child, concentrator.profile(), rule.profile());
    }
    DeviceId id = new DeviceId(child);
    if (registration.registerChild(id, concentrator, rule.profile(), rule.limit()) == null) {
      return registration.childrenOf(concentrator.id()) >= rule.limit()
          ? "device %s is not registered: %s has its %d children; raise children.limit in profile %s"
              .formatted(child, concentrator.id(), rule.limit(), concentrator.profile())
          : "device %s cannot be registered as a child of %s by itself; add it with parent: %s"
              .formatted(child, concentrator.id(), concentrator.id());
    }
    LOG.info("device {} is registered: {} brought it as its child", child, concentrator.id());
    return null;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
