package io.sluice.engine.adapters;

import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.DeviceLink;
import io.sluice.api.adapter.Peer;
import io.sluice.api.adapter.Sessions;
import io.sluice.engine.normalize.SessionCodecs;
import java.util.concurrent.CompletionStage;

/**
 * Knows which device is here, and ends what codecs know of a session with it. Thread-safe.
 *
 * @param presence who is there
 */
public record GatewaySessions(Sessions presence, SessionCodecs codecs) implements Sessions {
  @Override
  public CompletionStage<Void> claim(Admission.Admitted admitted, DeviceLink link) {
    return presence.claim(admitted, link);
  }

  @Override
  public boolean claimFree(Admission.Admitted admitted, DeviceLink link) {
    return presence.claimFree(admitted, link);
  }

  @Override
  public boolean attach(Admission.Admitted admitted, Peer peer, DeviceLink link) {
    return presence.attach(admitted, peer, link);
  }

  @Override
  public void detach(DeviceId device, DeviceLink link) {
    presence.detach(device, link);
    codecs.ended(device, link);
  }

  @Override
  public void seen(DeviceId device, Peer peer) {
    presence.seen(device, peer);
  }
}
