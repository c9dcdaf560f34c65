package io.sluice.engine.alarm.watch;

import io.sluice.api.Cap;
import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.Kind;
import io.sluice.engine.alarm.AlarmBook;
import io.sluice.engine.alarm.Signal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Raises an alarm of the gateway's own for each upstream that misses destinations, such as a topic:
 * their records wait. It is over once none was missed for a while on a connection, or the upstream
 * is gone from the configuration; a connection that is down says nothing of destinations. On the
 * alarm thread, each second.
 */
public final class DestinationRule implements Runnable {
  static final String NAME = "destination missing: ";

  /**
   * So many looks in a row have to agree: a destination that is just being made raises none, and
   * one is tried anew every 5 s only.
   */
  static final int LOOKS = 10;

  private static final int NAMED_MAX = 3;
  private static final Cap CAP = new Cap("Severe", "Expected", "Observed", "Actual");

  private final AlarmBook book;
  private final Supplier<List<Standing>> upstreams;
  private final Map<String, Integer> looks = new HashMap<>();
  private boolean isAnyOpen = true;

  /**
   * How an upstream stands.
   *
   * @param isConnected whether what is missing is known now
   * @param missing names of destinations that are not there
   */
  public record Standing(String upstream, boolean isConnected, List<String> missing) {}

  public DestinationRule(AlarmBook book, Supplier<List<Standing>> upstreams) {
    this.book = book;
    this.upstreams = upstreams;
  }

  @Override
  public void run() {
    List<Standing> now = upstreams.get();
    if (!isAnyOpen && now.stream().allMatch(each -> each.missing().isEmpty())) {
      looks.clear();
      return;
    }
    Set<String> open = new HashSet<>();
    for (AlarmView alarm : book.open(Kind.GATEWAY)) {
      if (alarm.name().startsWith(NAME)) {
        open.add(alarm.name().substring(NAME.length()));
      }
    }
    isAnyOpen = !open.isEmpty();
    List<Signal> signals = new ArrayList<>();
    for (Standing each : now) {
      boolean wasOpen = open.remove(each.upstream());
      if (isOtherForLong(each, wasOpen)) {
        signals.add(signal(each.upstream(), wasOpen, wasOpen ? "none is missing" : text(each)));
      }
    }
    for (String gone : open) {
      signals.add(signal(gone, true, "the upstream is not configured any more"));
    }
    if (!signals.isEmpty()) {
      book.report(signals);
      isAnyOpen = true; // looked at once more
    }
  }

  /** Whether the upstream stands otherwise than its alarm says, for so many looks. */
  private boolean isOtherForLong(Standing each, boolean isOpen) {
    boolean isMissing = !each.missing().isEmpty();
    boolean isOther = isMissing != isOpen && (isMissing || each.isConnected());
    if (isOther && looks.merge(each.upstream(), 1, Integer::sum) < LOOKS) {
      return false;
    }
    looks.remove(each.upstream());
    return isOther;
  }

  private static Signal signal(String upstream, boolean isOver, String text) {
    return new Signal(Kind.GATEWAY, "", "", "", "", NAME + upstream, CAP, isOver, 0, text);
  }

  private static String text(Standing each) {
    List<String> missing = each.missing();
    String named = String.join(", ", missing.subList(0, Math.min(NAMED_MAX, missing.size())));
    String more =
        missing.size() > NAMED_MAX ? " and " + (missing.size() - NAMED_MAX) + " more" : "";
    return "upstream "
        + each.upstream()
        + ": "
        + named
        + more
        + (missing.size() > 1 ? " are" : " is")
        + " not there; records for it wait, others go on; make it at the far end";
  }
}
