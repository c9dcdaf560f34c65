package io.sluice.engine.dialect.talk;

import io.sluice.api.Command;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Dialogue;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How one session's device is spoken to, by the dialects of its listener or profile. Confined to
 * the thread of the session.
 */
public final class DeviceDialogue implements Dialogue {
  private final List<Talk> talks;
  private final Predicate<String> isOwn;
  private final @Nullable String spoken;

  /** What the names of topics stand for: by the sign-in, else by what it subscribes to. */
  private final Map<String, String> names;

  /**
   * @param talks of the dialects that the device may speak
   * @param spoken the one by which it has signed in or that its profile names, or null
   * @param signedIn names of its sign-in
   * @param isOwn whether a name is that of the device or of a child of it
   */
  public DeviceDialogue(
      List<Talk> talks,
      @Nullable String spoken,
      Map<String, String> signedIn,
      Predicate<String> isOwn) {
    this.talks = talks;
    this.spoken = spoken;
    this.names = new HashMap<>(signedIn);
    this.isOwn = isOwn;
  }

  @Override
  public boolean maySubscribe(String filter) {
    List<String> levels = TopicLevels.levels(filter);
    for (Talk talk : talks) {
      for (Talk.Listen listen : talk.listens()) {
        if (listen.overlaps(levels, isOwn)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void subscribed(Collection<String> filters) {
    for (Talk talk : talks) {
      for (Talk.Form form : talk.downs()) {
        for (String filter : filters) {
          form.names(filter, isOwn).forEach(names::putIfAbsent);
        }
      }
    }
  }

  @Override
  public boolean isImplicit() {
    return talks.stream().anyMatch(each -> each.isImplicit() && each.dialect().equals(spoken));
  }

  @Override
  public @Nullable Downlink write(Command command, int number, Predicate<String> isSubscribed) {
    for (Talk talk : talks) {
      boolean isSpoken = talk.isImplicit() && talk.dialect().equals(spoken);
      for (Talk.Form form : talk.downs()) {
        if (form.takes(command.name())) {
          String topic = form.topic(command, number, names);
          if (topic != null && (isSpoken || isSubscribed.test(topic))) {
            return form.written(topic, command, number, names);
          }
        }
      }
    }
    return null;
  }
}
