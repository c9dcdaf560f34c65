package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.dialect.Part;
import io.sluice.api.health.Guarded;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.PayloadText;
import io.sluice.engine.normalize.sample.Samples;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls what a vendor's jar has, so that whatever it throws costs its message alone. Confined to
 * one thread.
 */
public final class VendorGuard {
  private static final Guarded FAULTS = Guarded.of("codecs");

  private final String name;
  private final ProfileSink sink = new ProfileSink();

  /**
   * @param name of the codec
   */
  public VendorGuard(String name) {
    this.name = name;
  }

  /**
   * What a factory makes.
   *
   * @param name of the codec
   * @throws PayloadException where it cannot make it: each message meets that anew
   */
  public static <T> T made(String name, Supplier<@Nullable T> factory) throws PayloadException {
    T made;
    try {
      made = factory.get();
    } catch (RuntimeException | LinkageError e) { // whatever a vendor's class may throw
      throw failed(name, e);
    }
    if (made == null) {
      throw failed(name, new NullPointerException("its factory made no codec"));
    }
    return made;
  }

  /**
   * Has a codec read one payload into columns.
   *
   * @param port LoRaWAN's FPort, or {@link PayloadCodec#NO_PORT}
   */
  public void decode(
      PayloadCodec codec,
      byte[] payload,
      int port,
      Profile profile,
      Device device,
      long receivedMicros,
      Samples samples)
      throws PayloadException {
    byte[] raw = samples.unpacked ? payload : PayloadText.raw(payload, profile);
    sink.begin(profile, samples, receivedMicros);
    try {
      codec.decode(raw, port, device, receivedMicros, sink);
    } catch (RuntimeException | LinkageError | StackOverflowError e) { // as above
      throw failed(name, e);
    } finally {
      sink.end();
    }
    sink.throwWhatWasSwallowed();
  }

  /** Has a part's content put its values into columns. */
  public void read(Part.Content content, Profile profile, long receivedMicros, Samples samples)
      throws PayloadException {
    sink.begin(profile, samples, receivedMicros);
    try {
      content.read(sink);
    } catch (RuntimeException | LinkageError | StackOverflowError e) { // as above
      throw failed(name, e);
    } finally {
      sink.end();
    }
    sink.throwWhatWasSwallowed();
  }

  private static PayloadException failed(String name, Throwable fault) {
    FAULTS.caught(fault);
    return new PayloadException(
        RejectReason.INTERNAL,
        "the codec "
            + name
            + " failed at this message by a fault of its own ("
            + PayloadFaults.plain(fault.toString())
            + "); mend or replace its jar, then try the message again");
  }
}
