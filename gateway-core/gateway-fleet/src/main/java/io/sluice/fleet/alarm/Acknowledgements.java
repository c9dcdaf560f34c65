package io.sluice.fleet.alarm;

import io.sluice.api.operator.AlarmService.AlarmView;
import io.sluice.api.operator.AlarmService.State;
import io.sluice.engine.record.PoisonRecordException;
import io.sluice.engine.record.PoisonRecordException.Kind;
import io.sluice.fleet.topic.TopicJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What operators did with alarms at the fleet, by the topic that all instances read whole. The
 * books of the gateways are as they were. {@value #KEPT} are kept, the newest. Thread-safe.
 */
public final class Acknowledgements {
  private static final int KEPT = 200_000;
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * One of them.
   *
   * @param state what the alarm became: acknowledged or cleared
   * @param at microseconds since the epoch
   */
  record Act(State state, String by, @Nullable String note, long at) {}

  private final Map<Long, Act> acts = new LinkedHashMap<>();

  /**
   * Takes one record of the topic; a removal changes nothing.
   *
   * @throws PoisonRecordException where it cannot be used
   */
  public void take(byte @Nullable [] key, byte @Nullable [] value, long nowMicros)
      throws PoisonRecordException {
    String alarm = TopicJson.key(key);
    if (value == null) {
      return;
    }
    JsonNode said = TopicJson.object(value);
    long id = TopicJson.integer(said, "id");
    if (!alarm.equals(key(TopicJson.text(said, "gateway"), id))) {
      throw new PoisonRecordException(Kind.KEY_DIFFERS, "its key is not its gateway and alarm");
    }
    JsonNode note = said.path("note");
    Act act =
        new Act(
            state(TopicJson.text(said, "state")),
            TopicJson.text(said, "by"),
            note.isString() ? note.asString() : null,
            TopicJson.time(said, "at", nowMicros));
    put(id, act);
  }

  private static State state(String label) throws PoisonRecordException {
    for (State each : List.of(State.ACKNOWLEDGED, State.CLEARED)) {
      if (label.equals(each.label())) {
        return each;
      }
    }
    throw TopicJson.invalid("its state is \"" + label + "\": acknowledged and cleared are known");
  }

  /** Under which key one stands on the topic. */
  static String key(String gateway, long id) {
    return gateway + '/' + id;
  }

  /** Takes one that was done here. */
  synchronized void put(long id, Act act) {
    acts.remove(id);
    acts.put(id, act);
    if (acts.size() > KEPT) {
      acts.remove(acts.keySet().iterator().next());
    }
  }

  /** The bytes of one for the topic. */
  static byte[] write(AlarmView alarm, Act act) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("v", 1);
    said.put("id", alarm.id());
    said.put("gateway", Objects.requireNonNullElse(alarm.gateway(), ""));
    said.put("state", act.state().label());
    said.put("by", act.by());
    said.put("note", act.note());
    said.put("at", act.at());
    return JSON.writeValueAsBytes(said);
  }

  /** The alarm as the fleet has it: what the gateway's book says, and what was done here. */
  synchronized AlarmView over(AlarmView alarm) {
    Act act = acts.get(alarm.id());
    if (act == null || alarm.state() == State.CLEARED) {
      return alarm;
    }
    boolean isCleared = act.state() == State.CLEARED;
    boolean isFirst = alarm.acknowledgedMicros() == null && !isCleared;
    return alarm.withHandling(
        act.state(),
        isFirst ? (Long) act.at() : alarm.acknowledgedMicros(),
        isFirst ? act.by() : alarm.acknowledgedBy(),
        isCleared ? (Long) act.at() : null,
        isCleared ? act.by() : null,
        act.note() == null ? alarm.note() : act.note());
  }
}
