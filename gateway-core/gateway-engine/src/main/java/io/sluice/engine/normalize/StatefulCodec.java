package io.sluice.engine.normalize;

import io.sluice.api.Device;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import io.sluice.api.codec.SessionCodec;
import io.sluice.api.codec.SessionCodecFactory;
import io.sluice.engine.normalize.codec.VendorGuard;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.Samples;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages by the codec of their session, one of a session at a time. Confined to one thread.
 */
final class StatefulCodec {
  private final SessionCodecFactory factory;
  private final SessionCodecs sessions;
  private final VendorGuard guard;

  StatefulCodec(SessionCodecFactory factory, SessionCodecs sessions) {
    this.factory = factory;
    this.sessions = sessions;
    this.guard = new VendorGuard(factory.name());
  }

  /**
   * @param session the device whose session it came by, null where it came by none
   */
  void decode(
      @Nullable Device session,
      String topic,
      byte[] payload,
      Profile profile,
      Device device,
      long receivedMicros,
      Samples samples)
      throws PayloadException {
    SessionCodecs.OfSession own = session == null ? null : sessions.of(session.id());
    if (session == null || own == null) {
      SessionCodec alone = VendorGuard.made(factory.name(), () -> factory.open(device));
      guard.decode(
          with(alone, topic),
          payload,
          PayloadCodec.NO_PORT,
          profile,
          device,
          receivedMicros,
          samples);
      return;
    }
    synchronized (own) {
      SessionCodec codec = own.codec(factory, session);
      try {
        guard.decode(
            with(codec, topic),
            payload,
            PayloadCodec.NO_PORT,
            profile,
            device,
            receivedMicros,
            samples);
      } catch (PayloadException e) {
        if (e.reason() == RejectReason.INTERNAL) {
          own.drop(codec);
        }
        throw e;
      }
    }
  }

  private static PayloadCodec with(SessionCodec codec, String topic) {
    return (payload, device, receivedMicros, out) ->
        codec.decode(payload, device, topic, receivedMicros, out);
  }
}
