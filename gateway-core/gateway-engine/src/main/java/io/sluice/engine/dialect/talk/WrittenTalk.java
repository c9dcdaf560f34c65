package io.sluice.engine.dialect.talk;

import io.sluice.api.Downlink;
import io.sluice.api.dialect.Outgoing;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a dialect's file says that is sent. Immutable, thread-safe.
 *
 * @param listens the filters that a device may have
 * @param forms of commands, in order
 */
public record WrittenTalk(
    String dialect, boolean isImplicit, List<Listen> listens, List<CommandForm> forms)
    implements Talk {
  public WrittenTalk {
    listens = List.copyOf(listens);
    forms = List.copyOf(forms);
  }

  /** A filter that a device may have. Immutable. */
  public static final class Listen {
    private final TopicLevels levels;

    /**
     * @throws IllegalArgumentException where it is none; the message says what to write
     */
    public Listen(String topic) {
      levels = new TopicLevels(topic);
    }

    private boolean overlaps(List<String> filter, Predicate<String> isOwn) {
      return levels.overlaps(filter, isOwn);
    }
  }

  @Override
  public boolean isSilent() {
    return listens.isEmpty() && forms.isEmpty();
  }

  @Override
  public boolean maySubscribe(String filter, Predicate<String> isOwn) {
    List<String> levels = TopicLevels.levels(filter);
    return listens.stream().anyMatch(each -> each.overlaps(levels, isOwn));
  }

  @Override
  public @Nullable Downlink write(Outgoing outgoing, Predicate<String> isHeard) {
    for (CommandForm form : forms) {
      String topic = form.takes(outgoing) ? form.topic(outgoing) : null;
      Downlink written =
          topic != null && isHeard.test(topic) ? form.written(topic, outgoing) : null;
      if (written != null) {
        return written;
      }
    }
    return null;
  }
}
