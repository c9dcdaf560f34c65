package io.sluice.engine.dialect.unpack;

import io.sluice.api.ContentType;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.dialect.Reading;
import io.sluice.api.dialect.Unpacker;
import io.sluice.engine.dialect.form.PropertyBag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events of Eclipse Hono with properties at the end of their topic (user guide, MQTT adapter,
 * "Publish an Event"). {@code hono-ttl} is for how many seconds the event means something: it
 * stands in the record as {@code ttl}, for whoever reads it late. A notification without content
 * says no more than that the device listens. Immutable, thread-safe.
 */
final class HonoEvent implements Unpacker {
  private static final String EMPTY = "application/vnd.eclipse-hono-empty-notification";
  private static final int MAX_DIGITS = 10;

  @Override
  public List<Part> unpack(String topic, byte[] payload, long receivedMicros)
      throws PayloadException {
    String type = PropertyBag.value(topic, "content-type");
    if (EMPTY.equals(type)) {
      return List.of();
    }
    if (payload.length == 0) {
      throw new PayloadException("the payload is empty; send at least one value");
    }
    ContentType known = type == null ? null : ContentType.ofMediaType(type);
    Part part = Part.of(known == null ? ContentType.UNSPECIFIED : known, payload);
    Long seconds = seconds(PropertyBag.value(topic, "hono-ttl"));
    return List.of(seconds == null ? part : part.with(List.of(new Reading("ttl", "s", seconds))));
  }

  private static @Nullable Long seconds(@Nullable String text) {
    boolean isNumber =
        text != null
            && !text.isEmpty()
            && text.length() <= MAX_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Long.valueOf(text) : null;
  }
}
