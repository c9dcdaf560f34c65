package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.Samples;

/**
 * A codec of the gateway's own. It reads by a profile's plan, straight into columns, so that what
 * the plan does not want is never made. For a caller outside it is a codec like any other. Confined
 * to one thread.
 */
public interface PlannedCodec extends PayloadCodec {
  /**
   * Reads one payload.
   *
   * @param payload as it was sent; must not be changed
   * @param receivedMicros when it arrived, microseconds since the epoch
   * @param samples empty, prepared for this profile
   * @throws PayloadException where the payload cannot be decoded
   */
  void decode(byte[] payload, Profile profile, Device device, long receivedMicros, Samples samples)
      throws PayloadException;

  /** The same, of a payload that may have come by a port. */
  default void decode(
      byte[] payload,
      int port,
      Profile profile,
      Device device,
      long receivedMicros,
      Samples samples)
      throws PayloadException {
    decode(payload, profile, device, receivedMicros, samples);
  }

  @Override
  default void decode(byte[] payload, Device device, long receivedMicros, MeasurementSink out)
      throws PayloadException {
    Samples samples = new Samples();
    Profile profile = Profile.generic(device.profile());
    samples.clear(profile, profile.forms().times());
    decode(payload, profile, device, receivedMicros, samples);
    samples.requireSomething();
    SampleReplay.to(out, samples);
  }
}
