package io.sluice.sim.vendor.lorawan;

import io.sluice.sim.device.Sample;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A Milesight UG65 with its own network server (support.milesight-iot.com, "How to integrate
 * Milesight gateway with MQTT"; UG65 user guide, "Applications"): one topic for all devices, which
 * are EM300-TH.
 */
public final class MilesightGateway implements Firmware {
  private static final String NEAR = "24e124fffef0a1b2";
  private static final String FAR = "24e124fffef0c3d4";

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("/milesight/downlink/+");
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return new Sample(
        sample.n(),
        sample.micros(),
        sample.kind(),
        Heard.fields(Em300.fields(sample), NEAR, index, Em300.PORT));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.json(
        "/mqtttest",
        Trees.of(
            "applicationID",
            1,
            "applicationName",
            "climate",
            "data",
            Base64.getEncoder().encodeToString(Em300.bytes(said)),
            "devEUI",
            spec.id(),
            "deviceName",
            "EM300-TH " + spec.id(),
            "fCnt",
            index,
            "fPort",
            Em300.PORT,
            "rxInfo",
            List.of(
                heard(FAR, said, Heard.farRssi(index), Heard.FAR_SNR),
                heard(NEAR, said, Heard.rssi(index), Heard.SNR)),
            "time",
            Heard.time(said),
            "txInfo",
            Trees.of("adr", true, "codeRate", "4/5", "frequency", 868_300_000)));
  }

  private static Map<String, Object> heard(String gateway, Sample said, long rssi, double snr) {
    return Trees.of(
        "altitude",
        0,
        "loRaSNR",
        snr,
        "mac",
        gateway,
        "name",
        "UG65",
        "rssi",
        rssi,
        "time",
        Heard.time(said));
  }
}
