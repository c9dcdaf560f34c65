package io.sluice.engine.dialect.talk;

import io.sluice.api.Command;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.dialect.Outgoing;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How one session's device, and its children through it, are spoken to, by the dialects of its
 * listener or profile. Confined to the thread of the session.
 */
public final class DeviceDialogue implements Dialogue {
  private final Talks talks;
  private final Someone someone;
  private final @Nullable String spoken;

  /** What the names of topics stand for: by the sign-in, else by what it subscribes to. */
  private final Map<String, String> names;

  /** The same of children, by what is subscribed to for them; as many as subscriptions. */
  private final Map<String, Map<String, String>> ofChildren = new HashMap<>();

  /**
   * Who speaks by the session.
   *
   * @param id of the device
   * @param isOwn whether a name is that of the device or of a child of it
   * @param topics id of a child → topic by which it was last heard through the device, or null
   */
  public record Someone(
      String id, Predicate<String> isOwn, Function<String, @Nullable String> topics) {}

  /**
   * What the dialects send that the device may speak.
   *
   * @param all asking for them has them read, and throws {@link io.sluice.api.adapter.Awaited}
   *     while they are
   * @param areRead whether they were; while not, nobody has signed in by one of them or subscribed
   *     to what they send
   */
  public record Talks(Supplier<List<Talk>> all, BooleanSupplier areRead) {}

  /**
   * @param talks of the dialects that the device may speak
   * @param spoken the one by which it has signed in or that its profile names, or null
   * @param signedIn names of its sign-in
   */
  public DeviceDialogue(
      Talks talks, @Nullable String spoken, Map<String, String> signedIn, Someone someone) {
    this.talks = talks;
    this.spoken = spoken;
    this.names = new HashMap<>(signedIn);
    this.someone = someone;
  }

  @Override
  public boolean maySubscribe(String filter) {
    return talks.all.get().stream().anyMatch(each -> each.maySubscribe(filter, someone.isOwn));
  }

  @Override
  public void subscribed(Collection<String> filters) {
    ofChildren.clear();
    for (Talk talk : read()) {
      for (CommandForm form : talk.forms()) {
        for (String filter : filters) {
          learn(form, form.names(filter, someone.isOwn));
        }
      }
    }
  }

  private List<Talk> read() {
    return talks.areRead.getAsBoolean() ? talks.all.get() : List.of();
  }

  private void learn(CommandForm form, Map<String, String> told) {
    String child = told.get("child");
    if (!form.isForChild()) {
      told.forEach(names::putIfAbsent);
    } else if (child != null && someone.isOwn.test(child)) {
      ofChildren.computeIfAbsent(child, _ -> new HashMap<>(names)).putAll(told);
    }
  }

  @Override
  public boolean isImplicit() {
    return spoken != null
        && read().stream().anyMatch(each -> each.isImplicit() && each.dialect().equals(spoken));
  }

  @Override
  public String heard(DeviceId child) {
    String topic = child.value().equals(someone.id) ? null : someone.topics.apply(child.value());
    return topic == null ? "" : topic;
  }

  @Override
  public @Nullable Downlink write(Command command, int number, Predicate<String> isSubscribed) {
    Outgoing outgoing = outgoing(command, number);
    for (Talk talk : read()) {
      boolean isSpoken = talk.isImplicit() && talk.dialect().equals(spoken);
      Downlink written = talk.write(outgoing, topic -> isSpoken || isSubscribed.test(topic));
      if (written != null) {
        return written;
      }
    }
    return null;
  }

  private Outgoing outgoing(Command command, int number) {
    String addressee = command.device().value();
    boolean isChild = !addressee.equals(someone.id);
    return new Outgoing(
        command,
        number,
        someone.id,
        isChild ? ofChildren.getOrDefault(addressee, names) : names,
        isChild ? someone.topics.apply(addressee) : null);
  }
}
