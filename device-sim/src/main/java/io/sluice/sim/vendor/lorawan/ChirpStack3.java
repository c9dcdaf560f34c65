package io.sluice.sim.vendor.lorawan;

import io.sluice.sim.device.Sample;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * ChirpStack 3's application server (github.com/brocaar/chirpstack-docs, "Event types", marshaler
 * {@code json}): EUIs in base64, the time with the gateways, bytes of Milesight EM300-TH.
 */
public final class ChirpStack3 implements Firmware {
  private static final byte[] NEAR = HexFormat.of().parseHex("0016c001f153a14c");
  private static final byte[] FAR = HexFormat.of().parseHex("0016c001f1500000");

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("application/1/device/+/tx");
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
        Heard.fields(Em300.fields(sample), base64(NEAR), index, Em300.PORT));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    return Publication.json(
        "application/1/device/" + spec.id() + "/rx",
        Trees.of(
            "applicationID",
            "1",
            "applicationName",
            "climate",
            "deviceName",
            "probe " + spec.id(),
            "devEUI",
            base64(HexFormat.of().parseHex(spec.id())),
            "rxInfo",
            List.of(
                heard(FAR, said, Heard.farRssi(index), Heard.FAR_SNR),
                heard(NEAR, said, Heard.rssi(index), Heard.SNR)),
            "txInfo",
            Trees.of("frequency", 868_100_000, "dr", 5),
            "adr",
            true,
            "fCnt",
            index,
            "fPort",
            Em300.PORT,
            "data",
            base64(Em300.bytes(said)),
            "objectJSON",
            "",
            "tags",
            Map.of()));
  }

  private static Map<String, Object> heard(byte[] gateway, Sample said, long rssi, double snr) {
    return Trees.of(
        "gatewayID", base64(gateway), "time", Heard.time(said), "rssi", rssi, "loRaSNR", snr);
  }
}
