package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.health.Guarded;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.PayloadFaults;
import io.sluice.engine.normalize.sample.PayloadText;
import io.sluice.engine.normalize.sample.Samples;

/**
 * A codec of a vendor's jar, kept from doing harm: whatever it throws costs its message alone.
 * Confined to one thread.
 */
public final class VendorCodec implements PlannedCodec {
  private static final Guarded FAULTS = Guarded.of("codecs");

  private final String name;
  private final PayloadCodec codec;
  private final ProfileSink sink = new ProfileSink();

  private VendorCodec(String name, PayloadCodec codec) {
    this.name = name;
    this.codec = codec;
  }

  /**
   * The factory's codec.
   *
   * @throws PayloadException where the factory cannot make it: each message meets that anew
   */
  public static PlannedCodec of(PayloadCodecFactory factory) throws PayloadException {
    PayloadCodec made;
    try {
      made = factory.create();
    } catch (RuntimeException | LinkageError e) { // whatever a vendor's class may throw
      throw failed(factory.name(), e);
    }
    return switch (made) {
      case null ->
          throw failed(factory.name(), new NullPointerException("its factory made no codec"));
      case PlannedCodec own -> own;
      default -> new VendorCodec(factory.name(), made);
    };
  }

  @Override
  public void decode(
      byte[] payload, Profile profile, Device device, long receivedMicros, Samples samples)
      throws PayloadException {
    byte[] raw = PayloadText.raw(payload, profile);
    sink.begin(profile, samples, receivedMicros);
    try {
      codec.decode(raw, device, receivedMicros, sink);
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
