package io.sluice.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.SessionCodec;
import io.sluice.api.codec.SessionCodecFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A codec of tests that keeps a state. {@code name temp} says what the numbers of the session's
 * next messages are.
 */
public final class BirthCodecFactory implements SessionCodecFactory {
  static final String NAME = "test-birth";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SessionCodec open(Device device) {
    AtomicReference<@Nullable String> named = new AtomicReference<>(null);
    return (payload, sender, topic, receivedMicros, out) -> {
      String text = new String(payload, UTF_8);
      if (text.startsWith("name ")) {
        named.set(text.substring(5));
        out.put("births", 1);
        return;
      }
      String name = named.get();
      if (name == null) {
        throw new PayloadException("no birth in this session");
      }
      out.put(name, Double.parseDouble(text));
    };
  }
}
