package io.sluice.fleet.partition;

import io.sluice.engine.record.PoisonRecordException;
import io.sluice.engine.registry.presence.Presence.Contact;
import io.sluice.fleet.topic.TopicJson;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * What a gateway says of a device's session. Times are microseconds since the epoch, by that
 * gateway's clock.
 *
 * @param run drawn at each start of the gateway
 * @param seen when it was heard last; the least number where never
 */
record SessionWord(String gateway, String run, Contact contact, long since, long seen) {
  /**
   * Reads it.
   *
   * @throws PoisonRecordException where it cannot be used
   */
  static SessionWord of(String device, byte[] value, long nowMicros) throws PoisonRecordException {
    JsonNode said = TopicJson.object(value);
    TopicJson.requireKey(said, "device", device);
    return new SessionWord(
        TopicJson.text(said, "gateway").intern(),
        TopicJson.text(said, "run").intern(),
        contact(TopicJson.text(said, "contact")),
        TopicJson.time(said, "since", nowMicros),
        said.path("seen").isNumber() ? TopicJson.time(said, "seen", nowMicros) : Long.MIN_VALUE);
  }

  private static Contact contact(String label) throws PoisonRecordException {
    for (Contact each : Contact.values()) {
      if (label.equals(each.name().toLowerCase(Locale.ROOT))) {
        return each;
      }
    }
    throw TopicJson.invalid("its contact is \"" + label + "\", which is none");
  }
}
