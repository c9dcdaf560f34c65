package io.sluice.app;

import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditTrail;
import io.sluice.api.health.Guarded;
import io.sluice.api.operator.ConfigurationService;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.api.upstream.Upstream;
import io.sluice.app.reload.ReloadPlan;
import io.sluice.app.reload.SourceFiles;
import io.sluice.app.reload.SourceWatch;
import io.sluice.cli.config.GatewayFiles;
import io.sluice.engine.adapters.EngineContext;
import io.sluice.engine.adapters.GatewayIngress;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import io.sluice.engine.config.GatewayConfig.UpstreamConfig;
import io.sluice.engine.registry.Registry;
import io.sluice.engine.registry.provision.SeedReport;
import io.sluice.spool.Spool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the gateway's files anew and takes over what changed. One reload at a time; each holds
 * wholly, or nothing of it does.
 *
 * <p>In this order: what messages mean, upstreams, listeners and sources (shut), devices; then the
 * new listeners and sources take messages. What fails on the way undoes what was done before it.
 */
final class Reloader implements ConfigurationService, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
  private static final String WARNING = "warning: ";
  private static final int FAULTS_TOLD = 20;
  private static final int DETAIL_MAX = 400;
  private static final long WAIT_SECONDS = 5;

  /** What a reload changes. */
  record Parts(
      Understanding understanding,
      Registry registry,
      Spool spool,
      Forwarders forwarders,
      Adapters adapters,
      EngineContext context,
      Consumer<GatewayConfig> certificates) {}

  /** What was asked for. */
  private record Request(String who, @Nullable String from, boolean dryRun, boolean vocabulary) {}

  private final Path file;
  private final GatewayConfig started;
  private final long readMillis;
  private final Parts parts;
  private final AuditTrail audit;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final AtomicBoolean isWanted = new AtomicBoolean();
  private final AtomicBoolean isVocabularyWanted = new AtomicBoolean();
  private final Direction listening;
  private final Direction connecting;
  private volatile boolean isOpen;

  // changed under the lock
  private volatile GatewayConfig config;
  private volatile Standing standing;
  private @Nullable SourceFiles sources;

  Reloader(GatewayFiles files, Parts parts, AuditTrail audit, InstantSource clock) {
    this.file = files.file();
    this.started = files.config();
    this.config = files.config();
    this.readMillis = files.readMillis();
    this.parts = parts;
    this.audit = audit;
    this.clock = clock;
    this.standing = new Standing(1, null, nowMicros(), 0, 0, 0, List.of(), null);
    Adapters adapters = parts.adapters();
    this.listening =
        new Direction(
            "listener",
            by -> by.listeners().values(),
            Adapters::makeListener,
            made -> adapters.startListener(made, parts.context(), this::way),
            adapters::endListeners);
    this.connecting =
        new Direction(
            "source",
            GatewayConfig::sources,
            Adapters::make,
            made -> adapters.startSource(made, parts.context(), this::way),
            adapters::endSources);
  }

  private long nowMicros() {
    return TimeUnit.MILLISECONDS.toMicros(clock.millis());
  }

  /** Reads all files once, the first time that anybody asks: a start does without. */
  @Override
  public Standing standing() {
    Standing now = standing;
    if (now.version() > 1 || now.sha256() != null || !lock.tryLock()) {
      return now;
    }
    try {
      var _ = known();
      return standing;
    } finally {
      lock.unlock();
    }
  }

  /** What was in the files when they were read. Under the lock. */
  private SourceFiles known() {
    SourceFiles found = sources;
    if (found == null) {
      found = SourceFiles.look(file, started, readMillis);
      sources = found;
      Standing now = standing;
      standing =
          new Standing(
              now.version(),
              found.sha256(),
              now.loadedMicros(),
              now.applied(),
              now.unchanged(),
              now.refused(),
              now.restart(),
              now.lastRefusal());
    }
    return found;
  }

  /** Whether a file of the vocabulary was changed while the gateway started. */
  private boolean isVocabularyUnknown() {
    lock.lock();
    try {
      return known().isVocabularyUnknown();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Reload reload(String who, @Nullable String from, boolean dryRun) {
    Request request = new Request(who, from, dryRun, false);
    try {
      if (!lock.tryLock(WAIT_SECONDS, TimeUnit.SECONDS)) {
        return told(Result.BUSY, List.of(), List.of(), List.of());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return told(Result.BUSY, List.of(), List.of(), List.of());
    }
    try {
      return isOpen ? reload(request) : told(Result.BUSY, List.of(), List.of(), List.of());
    } finally {
      lock.unlock();
    }
  }

  /**
   * As {@link #reload(String, String, boolean)}, but waits for another one as long as it takes.
   * Does nothing where somebody waits so already: that one will find the same.
   */
  void reloadInTurn(String who) {
    inTurn(new Request(who, null, false, false), isWanted);
  }

  /** Looks whether files of the vocabulary were changed, and has them read anew then. */
  Runnable watch() {
    return new SourceWatch(
        () -> SourceFiles.stamp(file, config), this::isVocabularyUnknown, this::reloadBeside);
  }

  /** Reads profiles and dialects anew, and nothing else: on a thread of its own. */
  private void reloadBeside() {
    Request request = new Request("watch", null, false, true);
    Thread.ofPlatform()
        .name("reload")
        .daemon()
        .start(Guarded.task("reload", () -> inTurn(request, isVocabularyWanted)));
  }

  private void inTurn(Request request, AtomicBoolean wanted) {
    if (!wanted.compareAndSet(false, true)) {
      return;
    }
    lock.lock();
    try {
      wanted.set(false);
      if (isOpen) {
        var _ = reload(request);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The gateway has started: from now on it may be changed. */
  void open() {
    isOpen = true;
  }

  /** Remembers what the files have in them, which a start has no time for; soon after it. */
  void remember() {
    lock.lock();
    try {
      var _ = known();
    } finally {
      lock.unlock();
    }
  }

  private Reload reload(Request request) {
    SourceFiles before = known();
    SourceFiles toRead = SourceFiles.look(file, config);
    long readFrom = System.currentTimeMillis();
    StringWriter said = new StringWriter();
    PrintWriter err = new PrintWriter(said, true);
    GatewayFiles files =
        request.vocabulary()
            ? GatewayFiles.loadVocabulary(file, config, err)
            : GatewayFiles.load(file, err);
    List<String> warnings = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    said.toString()
        .lines()
        .forEach(line -> {
          if (line.startsWith(WARNING)) {
            warnings.add(line.substring(WARNING.length()));
          } else {
            faults.add(line);
          }
        });
    if (files == null) {
      return refused(request, faults, warnings);
    }
    try {
      SourceFiles after = SourceFiles.look(file, files.config(), readFrom, toRead);
      List<SourceFiles.Change> changes = after.since(before);
      if (request.vocabulary()) {
        changes = changes.stream().filter(each -> each.source().kind().isOfVocabulary()).toList();
      }
      ReloadPlan plan = ReloadPlan.of(started, config, files.config(), changes);
      if (request.dryRun()) {
        return new Reload(
            Result.CHECKED,
            standing.version(),
            standing.sha256(),
            plan.lines(),
            plan.restart(),
            List.of(),
            warnings);
      }
      if (!plan.isEmpty()) {
        apply(files, plan, warnings);
        config = files.config();
        // of a reload of the vocabulary alone, what else was changed is still to be taken over
        sources = request.vocabulary() ? before.withVocabularyOf(after) : after;
      }
      return done(request, plan, warnings);
    } catch (IOException | UncheckedIOException | StoreUnavailableException e) {
      return refused(request, List.of(String.valueOf(e.getMessage())), warnings);
    }
  }

  private Reload done(Request request, ReloadPlan plan, List<String> warnings) {
    Standing was = standing;
    boolean isSame = plan.isEmpty();
    SourceFiles now = known();
    standing =
        new Standing(
            isSame ? was.version() : was.version() + 1,
            now.sha256(),
            isSame ? was.loadedMicros() : nowMicros(),
            isSame ? was.applied() : was.applied() + 1,
            isSame ? was.unchanged() + 1 : was.unchanged(),
            was.refused(),
            plan.restart(),
            null);
    String what = isSame ? "nothing was changed" : String.join(", ", plan.lines());
    LOG.info(
        "configuration read anew ({}): version {}; {}{}",
        request.who(),
        standing.version(),
        what,
        plan.restart().isEmpty()
            ? ""
            : "; takes effect with a restart: " + String.join(", ", plan.restart()));
    warnings.forEach(warning -> LOG.warn("{}", warning));
    note(
        request,
        AuditEvent.Result.DONE,
        "version %d sha256 %s: %s".formatted(standing.version(), standing.sha256(), what));
    Result result = isSame ? Result.UNCHANGED : Result.APPLIED;
    return told(result, plan.lines(), List.of(), warnings);
  }

  private Reload refused(Request request, List<String> faults, List<String> warnings) {
    List<String> first = List.copyOf(faults.subList(0, Math.min(FAULTS_TOLD, faults.size())));
    Standing was = standing;
    if (!request.dryRun()) {
      standing =
          new Standing(
              was.version(),
              was.sha256(),
              was.loadedMicros(),
              was.applied(),
              was.unchanged(),
              was.refused() + 1,
              was.restart(),
              new Refusal(nowMicros(), first));
      LOG.error(
          "configuration not read anew ({}): {} faults; all stays as it was",
          request.who(),
          faults.size());
      first.forEach(fault -> LOG.error("{}", fault));
      note(
          request,
          AuditEvent.Result.REFUSED,
          faults.size() + " faults: " + (faults.isEmpty() ? "" : faults.getFirst()));
    }
    return told(Result.REFUSED, List.of(), faults, warnings);
  }

  private Reload told(
      Result result, List<String> changes, List<String> faults, List<String> warnings) {
    Standing now = standing;
    return new Reload(
        result, now.version(), now.sha256(), changes, now.restart(), faults, warnings);
  }

  private void note(Request request, AuditEvent.Result result, String detail) {
    audit.record(
        new AuditEvent(
            "config.reloaded",
            request.who(),
            request.from(),
            file.toString(),
            result,
            detail.length() > DETAIL_MAX ? detail.substring(0, DETAIL_MAX) + "..." : detail));
  }

  /** Takes over all of the plan, or nothing. */
  private void apply(GatewayFiles files, ReloadPlan plan, List<String> warnings)
      throws IOException {
    Map<String, Upstream> upstreams = new HashMap<>();
    plan.upstreams()
        .toStart()
        .forEach(each -> upstreams.put(each.name(), parts.forwarders().make(each)));
    List<Adapters.Made> listeners =
        plan.listeners().toStart().stream().map(Adapters::makeListener).toList();
    List<Adapters.Made> sources = plan.sources().toStart().stream().map(Adapters::make).toList();
    Deque<Runnable> undo = new ArrayDeque<>();
    boolean isDone = false;
    try {
      if (plan.vocabulary()) {
        Understanding.State was = parts.understanding().state();
        undo.push(() -> parts.understanding().replace(was));
        parts.understanding().replace(Understanding.State.of(files));
      }
      changeUpstreams(plan.upstreams(), upstreams, files.config(), undo);
      changeAdapters(listening, plan.listeners(), listeners, undo);
      changeAdapters(connecting, plan.sources(), sources, undo);
      if (plan.devices()) {
        SeedReport report = parts.registry().seed(files.seed());
        SeedLog.report(report);
        report.refused().forEach(line -> warnings.add("devices: " + line));
      }
      isDone = true;
    } finally {
      if (!isDone) {
        undo.forEach(Reloader::undo);
      }
    }
    parts.understanding().openAll();
    parts.certificates().accept(files.config());
  }

  // What cannot be undone must not keep the rest from it.
  private static void undo(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("a step of the reload cannot be undone; a restart is due", e);
    }
  }

  private void changeUpstreams(
      ReloadPlan.Parts<UpstreamConfig> plan,
      Map<String, Upstream> made,
      GatewayConfig after,
      Deque<Runnable> undo)
      throws IOException {
    if (plan.isEmpty()) {
      return;
    }
    Forwarders forwarders = parts.forwarders();
    List<String> ending = new ArrayList<>();
    plan.changed().forEach(each -> ending.add(each.name()));
    plan.removed().forEach(each -> ending.add(each.name()));
    List<UpstreamConfig> before =
        config.upstreams().stream().filter(each -> ending.contains(each.name())).toList();
    undo.push(() -> {
      before.forEach(each -> forwarders.start(each, forwarders.make(each)));
      retain(config);
    });
    forwarders.end(ending);
    for (UpstreamConfig each : plan.added()) {
      String was = each.was();
      if (was != null && parts.spool().renameReader(was, each.name())) {
        undo.push(() -> rename(each.name(), was));
      }
    }
    for (UpstreamConfig each : plan.toStart()) {
      forwarders.start(each, Objects.requireNonNull(made.get(each.name())));
      undo.push(() -> forwarders.end(List.of(each.name())));
    }
    forwarders.order(after.upstreams().stream().map(UpstreamConfig::name).toList());
    retain(after);
  }

  private void rename(String from, String to) {
    try {
      var _ = parts.spool().renameReader(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException("upstream " + to + ": its place is that of " + from, e);
    }
  }

  /** Parks the places of upstreams that are gone. */
  private void retain(GatewayConfig after) {
    parts.spool().retainReaders(after.upstreams().stream().map(UpstreamConfig::name).toList());
  }

  /** How adapters of one direction are changed. */
  private record Direction(
      String kind,
      Function<GatewayConfig, Collection<AdapterConfig>> of,
      Function<AdapterConfig, Adapters.Made> make,
      Start start,
      Consumer<List<String>> end) {}

  private interface Start {
    void start(Adapters.Made made) throws IOException;
  }

  private void changeAdapters(
      Direction direction,
      ReloadPlan.Parts<AdapterConfig> plan,
      List<Adapters.Made> made,
      Deque<Runnable> undo)
      throws IOException {
    if (plan.isEmpty()) {
      return;
    }
    List<String> ending = new ArrayList<>();
    plan.changed().forEach(each -> ending.add(each.name()));
    plan.removed().forEach(each -> ending.add(each.name()));
    List<AdapterConfig> before =
        direction.of().apply(config).stream().filter(each -> ending.contains(each.name())).toList();
    undo.push(() -> {
      before.forEach(each -> startAgain(direction, each));
      parts.understanding().openAll();
    });
    direction.end().accept(ending);
    ending.forEach(parts.understanding()::forget);
    for (Adapters.Made each : made) {
      direction.start().start(each);
      undo.push(() -> {
        direction.end().accept(List.of(each.config().name()));
        parts.understanding().forget(each.config().name());
      });
    }
  }

  private GatewayIngress way(String adapter) {
    return parts.understanding().shutWay(adapter);
  }

  private static void startAgain(Direction direction, AdapterConfig adapter) {
    try {
      direction.start().start(direction.make().apply(adapter));
    } catch (IOException e) {
      LOG.error(
          "{} {} ran before the reload, and does not start again: {}",
          direction.kind(),
          adapter.name(),
          e.getMessage());
    }
  }

  /** Lets no reload begin, and waits for one that is under way. */
  @Override
  public void close() {
    lock.lock(); // waits until the one that is under way has ended
    try {
      isOpen = false;
    } finally {
      lock.unlock();
    }
  }
}
