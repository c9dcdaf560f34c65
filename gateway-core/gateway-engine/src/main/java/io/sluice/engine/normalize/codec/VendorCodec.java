package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecFactory;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.Samples;

/** A codec of a vendor's jar, kept from doing harm. Confined to one thread. */
public final class VendorCodec implements PlannedCodec {
  private final PayloadCodec codec;
  private final VendorGuard guard;

  private VendorCodec(String name, PayloadCodec codec) {
    this.codec = codec;
    this.guard = new VendorGuard(name);
  }

  /**
   * The factory's codec.
   *
   * @throws PayloadException where the factory cannot make it: each message meets that anew
   */
  public static PlannedCodec of(PayloadCodecFactory factory) throws PayloadException {
    PayloadCodec made = VendorGuard.made(factory.name(), factory::create);
    return made instanceof PlannedCodec own ? own : new VendorCodec(factory.name(), made);
  }

  @Override
  public void decode(
      byte[] payload, Profile profile, Device device, long receivedMicros, Samples samples)
      throws PayloadException {
    decode(payload, NO_PORT, profile, device, receivedMicros, samples);
  }

  @Override
  public void decode(
      byte[] payload,
      int port,
      Profile profile,
      Device device,
      long receivedMicros,
      Samples samples)
      throws PayloadException {
    guard.decode(codec, payload, port, profile, device, receivedMicros, samples);
  }
}
