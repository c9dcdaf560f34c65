package io.sluice.engine.dialect;

import io.sluice.api.Command;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.dialect.Outgoing;
import io.sluice.engine.dialect.signin.SignIns;
import io.sluice.engine.dialect.signin.Way;
import io.sluice.engine.dialect.talk.DeviceDialogue;
import io.sluice.engine.dialect.talk.Talk;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the topics of one listener mean: by the dialect that a device's profile names, else by the
 * listener's own list. Immutable, thread-safe.
 */
public final class Topics {
  /** The gateway's own dialect. */
  private static final String OWN = "sluice";

  private final TopicTable own;
  private final Map<String, TopicTable> byProfile;
  private volatile @Nullable SignIns signIns;

  /**
   * @param own of devices whose profile names no dialect
   * @param byProfile id of a profile → what its dialect says
   */
  Topics(TopicTable own, Map<String, TopicTable> byProfile) {
    this.own = own;
    this.byProfile = Map.copyOf(byProfile);
  }

  /** What the topic of a device with that profile means; null where nothing maps it. */
  public @Nullable RoutedTopic route(String profile, String topic) {
    return table(profile).route(topic);
  }

  /**
   * The same.
   *
   * @throws io.sluice.api.adapter.Awaited while dialects are read that could map it
   */
  public @Nullable RoutedTopic routeNow(String profile, String topic) {
    return table(profile).routeNow(topic);
  }

  /** Whether the devices of a profile have a dialect of their own. */
  public boolean hasOwn(String profile) {
    return byProfile.containsKey(profile);
  }

  /**
   * What a topic means whose device nobody has named yet: by the list, else by any profile's
   * dialect; null where nothing maps it.
   *
   * @throws io.sluice.api.adapter.Awaited while dialects are read that could map it
   */
  public @Nullable RoutedTopic routeOfSource(String topic) {
    RoutedTopic route = own.routeNow(topic);
    if (route == null) {
      for (TopicTable each : byProfile.values()) {
        route = route == null ? each.route(topic) : route;
      }
    }
    return route;
  }

  /**
   * How devices may sign in: nobody knows a device's profile before.
   *
   * @throws io.sluice.api.adapter.Awaited while dialects are read
   */
  public SignIns signIns() {
    SignIns known = signIns;
    if (known == null) {
      Set<Way> ways = new LinkedHashSet<>(own.signInsNow());
      byProfile.values().forEach(table -> ways.addAll(table.signInsNow()));
      known = new SignIns(List.copyOf(ways));
      signIns = known;
    }
    return known;
  }

  /**
   * Opens the dialogue of a session.
   *
   * @param devices the registry's look-up
   * @param topics id of a child → topic by which it was last heard through its concentrator, or
   *     null
   */
  public Dialogue dialogue(
      Admission.Admitted admitted,
      Function<String, @Nullable Device> devices,
      Function<String, @Nullable String> topics) {
    Device device = admitted.device();
    TopicTable table = table(device.profile());
    if (table.isAwake() && table.talks().isEmpty()) {
      return Dialogue.NONE;
    }
    Admission.Vendor vendor = admitted.vendor();
    boolean isOfProfile = byProfile.containsKey(device.profile());
    String spoken =
        isOfProfile ? table.names().getFirst() : vendor == null ? null : vendor.dialect();
    return new DeviceDialogue(
        new DeviceDialogue.Talks(table::talksNow, table::isAwake),
        spoken,
        vendor == null ? Map.of() : vendor.names(),
        new DeviceDialogue.Someone(
            device.id().value(), name -> isOwn(device, name, devices), topics));
  }

  /**
   * A command for a device that a source speaks for, in the form of the dialect that its last topic
   * is of; by Sluice's own as {@code command/{device}/{name}}.
   *
   * @return null where that has no form for it
   * @throws io.sluice.api.adapter.Awaited while dialects are read that could have
   */
  public @Nullable Downlink written(DeviceId source, Command command, String lastTopic) {
    RoutedTopic route = routeOfSource(lastTopic);
    if (route == null) {
      return null;
    }
    if (route.dialect().equals(OWN)) {
      String topic = "command/" + command.device().value() + '/' + command.name();
      return new Downlink(topic, command.payload());
    }
    Downlink written = null;
    for (String speaker : List.of(source.value(), command.device().value())) {
      Outgoing outgoing = new Outgoing(command, 1, speaker, Map.of(), lastTopic);
      for (TopicTable table : tables()) {
        for (Talk talk : table.talksNow()) {
          if (written == null && talk.dialect().equals(route.dialect())) {
            written = talk.write(outgoing, _ -> true);
          }
        }
      }
    }
    return written;
  }

  private List<TopicTable> tables() {
    List<TopicTable> tables = new ArrayList<>(byProfile.values());
    tables.addFirst(own);
    return tables;
  }

  private static boolean isOwn(
      Device device, String name, Function<String, @Nullable Device> devices) {
    if (name.equals(device.id().value())) {
      return true;
    }
    Device named = devices.apply(name);
    return named != null && device.id().equals(named.parent());
  }

  /** The table that holds for devices with that profile. */
  public TopicTable table(String profile) {
    return byProfile.isEmpty() ? own : byProfile.getOrDefault(profile, own);
  }

  /**
   * Whether the topic is mapped for any device.
   *
   * @throws io.sluice.api.adapter.Awaited while dialects are read that could map it
   */
  public boolean maps(String topic) {
    return own.routeNow(topic) != null
        || byProfile.values().stream().anyMatch(table -> table.route(topic) != null);
  }
}
