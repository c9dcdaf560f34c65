package io.sluice.app;

import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.audit.AuditEvent;
import io.sluice.api.audit.AuditTrail;
import io.sluice.engine.ingest.IngestPipeline;
import io.sluice.engine.latest.LatestRecords;
import io.sluice.engine.registry.presence.Presence;
import org.jspecify.annotations.Nullable;

/**
 * Tells presence of what came through the pipeline, and the audit log of devices that published for
 * another; keeps what the pages of devices show.
 */
record UplinkObserver(Presence presence, AuditTrail audit, LatestRecords latest)
    implements IngestPipeline.Observer {
  @Override
  public void stored(DeviceId device, Uplink uplink) {
    if (device.equals(uplink.device())) {
      presence.seen(device, uplink.receivedMicros());
    } else {
      presence.seen(device, uplink.receivedMicros(), uplink.topic());
    }
  }

  @Override
  public void told(DeviceId device, @Nullable Boolean isThere) {
    presence.told(device, isThere);
  }

  @Override
  public void faulty(DeviceId device, Uplink uplink, String detail) {
    latest.refused(
        device,
        uplink.receivedMicros(),
        RejectReason.PAYLOAD_INVALID,
        "stored, but for " + detail,
        uplink.topic());
  }

  @Override
  public void refused(Uplink uplink, RejectReason reason, String detail) {
    presence.refused(uplink.device(), reason);
    latest.refused(uplink.device(), uplink.receivedMicros(), reason, detail, uplink.topic());
    if (reason == RejectReason.NOT_AUTHORIZED) {
      audit.record(
          new AuditEvent(
              "uplink.refused",
              uplink.device().value(),
              presence.address(uplink.device()),
              uplink.topic(),
              AuditEvent.Result.REFUSED,
              detail));
    }
  }
}
