package io.sluice.app.reload;

import io.sluice.app.reload.SourceFiles.Kind;
import io.sluice.engine.config.GatewayConfig;
import io.sluice.engine.config.GatewayConfig.AdapterConfig;
import io.sluice.engine.config.GatewayConfig.UpstreamConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a reload has to do: the difference of two configurations. Immutable.
 *
 * @param vocabulary whether messages are understood otherwise than before
 * @param devices whether device files are to be applied
 * @param files those that have something else in them than before
 * @param restart keys that take effect with a restart
 */
public record ReloadPlan(
    boolean vocabulary,
    boolean devices,
    Parts<UpstreamConfig> upstreams,
    Parts<AdapterConfig> listeners,
    Parts<AdapterConfig> sources,
    List<SourceFiles.Change> files,
    List<String> restart,
    List<String> lines) {
  /** The section whose change is one of the profiles. */
  private static final String UNITS = "units";

  /** The section that is asked for when a drain begins. */
  private static final String DRAIN = "drain";

  /** What of a list of named parts is not as it was. */
  public record Parts<T>(List<T> added, List<T> changed, List<T> removed) {
    public boolean isEmpty() {
      return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
    }

    /** What is to be started, in the order of the new configuration's parts. */
    public List<T> toStart() {
      List<T> all = new ArrayList<>(changed);
      all.addAll(added);
      return all;
    }

    static <T> Parts<T> of(
        List<T> before, List<T> after, Function<T, String> name, BiPredicate<T, T> isSame) {
      List<T> added = new ArrayList<>();
      List<T> changed = new ArrayList<>();
      for (T each : after) {
        T was = find(before, name, name.apply(each));
        if (was == null) {
          added.add(each);
        } else if (!isSame.test(was, each)) {
          changed.add(each);
        }
      }
      List<T> removed =
          before.stream().filter(each -> find(after, name, name.apply(each)) == null).toList();
      return new Parts<>(List.copyOf(added), List.copyOf(changed), removed);
    }

    private static <T> @Nullable T find(List<T> all, Function<T, String> name, String wanted) {
      return all.stream().filter(each -> name.apply(each).equals(wanted)).findFirst().orElse(null);
    }

    private List<String> lines(String kind, Function<T, String> name) {
      List<String> lines = new ArrayList<>();
      added.forEach(each -> lines.add(kind + " " + name.apply(each) + " added"));
      changed.forEach(each -> lines.add(kind + " " + name.apply(each) + " changed"));
      removed.forEach(each -> lines.add(kind + " " + name.apply(each) + " removed"));
      return lines;
    }
  }

  /**
   * @param started what the gateway was started by: what wants a restart is as there
   * @param before what holds now
   * @param after what is to hold
   * @param files what is not as it was when {@code before} was read
   */
  public static ReloadPlan of(
      GatewayConfig started,
      GatewayConfig before,
      GatewayConfig after,
      List<SourceFiles.Change> files) {
    Parts<UpstreamConfig> upstreams =
        Parts.of(before.upstreams(), after.upstreams(), UpstreamConfig::name, ReloadPlan::isSame);
    Parts<AdapterConfig> listeners =
        Parts.of(
            List.copyOf(before.listeners().values()),
            List.copyOf(after.listeners().values()),
            AdapterConfig::name,
            AdapterConfig::equals);
    Parts<AdapterConfig> sources =
        Parts.of(before.sources(), after.sources(), AdapterConfig::name, AdapterConfig::equals);
    List<String> lists = dialectLists(before, after);
    boolean isOfUnits = !Objects.equals(before.sections().get(UNITS), after.sections().get(UNITS));
    boolean isVocabulary =
        isOfUnits
            || !lists.isEmpty()
            || !before.profiles().equals(after.profiles())
            || files.stream().anyMatch(change -> change.source().kind().isOfVocabulary())
            || !listeners.isEmpty()
            || !sources.isEmpty();
    List<String> lines = new ArrayList<>();
    files.forEach(change -> lines.add(change.toString()));
    if (isOfUnits) {
      lines.add(UNITS + " changed");
    }
    if (!Objects.equals(before.sections().get(DRAIN), after.sections().get(DRAIN))) {
      lines.add(DRAIN + " changed");
    }
    lines.addAll(lists);
    lines.addAll(listeners.lines("listener", AdapterConfig::name));
    lines.addAll(upstreams.lines("upstream", UpstreamConfig::name));
    lines.addAll(sources.lines("source", AdapterConfig::name));
    return new ReloadPlan(
        isVocabulary,
        files.stream().anyMatch(ReloadPlan::isToBeSeeded),
        upstreams,
        listeners,
        sources,
        List.copyOf(files),
        restart(started, after),
        List.copyOf(lines));
  }

  private static boolean isToBeSeeded(SourceFiles.Change change) {
    return change.source().kind() == Kind.DEVICES && !change.what().equals("removed");
  }

  /** What it was called before counts for an upstream that comes, and not for one that is there. */
  private static boolean isSame(UpstreamConfig one, UpstreamConfig other) {
    return one.type().equals(other.type())
        && one.forward().equals(other.forward())
        && one.settings().equals(other.settings());
  }

  private static List<String> dialectLists(GatewayConfig before, GatewayConfig after) {
    Set<String> adapters = new LinkedHashSet<>(before.dialects().keySet());
    adapters.addAll(after.dialects().keySet());
    return adapters.stream()
        .filter(each ->
            !Objects.equals(
                before.dialects().getOrDefault(each, List.of()),
                after.dialects().getOrDefault(each, List.of())))
        .map(each -> "dialects of " + each + " changed")
        .toList();
  }

  private static List<String> restart(GatewayConfig started, GatewayConfig after) {
    List<String> keys = new ArrayList<>();
    SettingsDiff.add("gateway", started.gateway(), after.gateway(), keys);
    SettingsDiff.add("admin", started.admin(), after.admin(), keys);
    Map<String, Record> sections = new HashMap<>(started.sections());
    Map<String, Record> others = new HashMap<>(after.sections());
    for (String live : List.of(UNITS, DRAIN)) {
      sections.remove(live);
      others.remove(live);
    }
    SettingsDiff.add("", sections, others, keys);
    return List.copyOf(keys);
  }

  /** Whether it leaves all as it is. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }
}
