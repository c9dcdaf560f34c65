package io.sluice.sim.vendor.lorawan;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * ChirpStack 4 as it publishes uplinks (chirpstack.io/docs, "Event types", "MQTT"), over one
 * session for all devices, which are Dragino LHT65: their bytes in base64. Proto3's JSON leaves out
 * what is 0 or false.
 */
public final class ChirpStack implements Firmware {
  private static final String APPLICATION = "17c82e96-be03-4f38-aef3-f83d48582d97";
  private static final String NEAR = "0016c001f153a14c";
  private static final String FAR = "0016c001f1500000";

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    return new SignIn(
        "chirpstack-%08x".formatted(session.seed() & 0xFFFFFFFFL),
        session.id(),
        session.password());
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("application/+/device/+/command/+");
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    List<Field> fields = Heard.fields(Lht65.fields(sample), NEAR, index, Lht65.PORT);
    fields.add(new Field("dr", null, 3L));
    return new Sample(sample.n(), sample.micros(), sample.kind(), fields);
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Map<String, Object> event =
        Trees.of(
            "deduplicationId",
            "3ac7e3c4-4401-4b8d-9386-%012x".formatted(said.n() & 0xFFFFFFFFFFFFL),
            "time",
            Heard.time(said).replace("Z", "+00:00"),
            "deviceInfo",
            Trees.of(
                "tenantId",
                "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
                "tenantName",
                "ChirpStack",
                "applicationId",
                APPLICATION,
                "applicationName",
                "climate",
                "deviceProfileName",
                "LHT65",
                "deviceName",
                "probe " + spec.id(),
                "devEui",
                spec.id(),
                "tags",
                Map.of()),
            "devAddr",
            Heard.address(spec, said, index),
            "adr",
            true,
            "dr",
            3,
            "fPort",
            Lht65.PORT,
            "data",
            Base64.getEncoder().encodeToString(Lht65.bytes(said)),
            "rxInfo",
            List.of(
                heard(FAR, Heard.farRssi(index), Heard.FAR_SNR),
                heard(NEAR, Heard.rssi(index), Heard.SNR)),
            "txInfo",
            Trees.of(
                "frequency",
                867_100_000,
                "modulation",
                Trees.of("lora", Trees.of("bandwidth", 125_000, "spreadingFactor", 9))));
    if (index > 0) {
      event.put("fCnt", index);
    }
    return Publication.json(
        "application/" + APPLICATION + "/device/" + spec.id() + "/event/up", event);
  }

  private static Map<String, Object> heard(String gateway, long rssi, double snr) {
    return Trees.of(
        "gatewayId", gateway, "uplinkId", 42_171, "rssi", rssi, "snr", snr, "context", "E3OWOQ==");
  }

  @Override
  public List<String> besides() {
    return List.of("externalSensor");
  }
}
