package io.sluice.sim.vendor.lorawan;

import io.sluice.sim.device.Sample;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.Trees;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The Things Stack 3 as it publishes uplinks (thethingsindustries.com/docs, "MQTT Server", "Data
 * formats"), over one session for all devices, which are Dragino LHT65 without a payload formatter.
 */
public final class TheThingsStack implements Firmware {
  private static final String APPLICATION = "climate";
  private static final String NEAR = "roof";
  private static final String FAR = "mast";

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of("v3/" + APPLICATION + "@plant/devices/+/down/push");
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
        Heard.fields(Lht65.fields(sample), NEAR, index, Lht65.PORT));
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    String name = "eui-" + spec.id();
    Map<String, Object> uplink =
        Trees.of(
            "session_key_id",
            Base64.getEncoder()
                .encodeToString(
                    Heard.address(spec, said, index).getBytes(StandardCharsets.US_ASCII)),
            "f_port",
            Lht65.PORT,
            "frm_payload",
            Base64.getEncoder().encodeToString(Lht65.bytes(said)),
            "rx_metadata",
            List.of(
                heard(FAR, Heard.farRssi(index), Heard.FAR_SNR),
                heard(NEAR, Heard.rssi(index), Heard.SNR)),
            "settings",
            Trees.of(
                "data_rate",
                Trees.of("lora", Trees.of("bandwidth", 125_000, "spreading_factor", 9)),
                "frequency",
                "867100000"),
            "received_at",
            Heard.time(said),
            "consumed_airtime",
            "0.205824s");
    if (index > 0) { // proto3's JSON leaves out what is 0
      uplink.put("f_cnt", index);
    }
    return Publication.json(
        "v3/" + APPLICATION + "@plant/devices/" + name + "/up",
        Trees.of(
            "end_device_ids",
            Trees.of(
                "device_id",
                name,
                "application_ids",
                Trees.of("application_id", APPLICATION),
                "dev_eui",
                spec.id().toUpperCase(Locale.ROOT),
                "dev_addr",
                Heard.address(spec, said, index).toUpperCase(Locale.ROOT)),
            "correlation_ids",
            List.of("gs:uplink:01H" + said.n()),
            "received_at",
            Heard.time(said),
            "uplink_message",
            uplink));
  }

  private static Map<String, Object> heard(String gateway, long rssi, double snr) {
    return Trees.of(
        "gateway_ids",
        Trees.of("gateway_id", gateway),
        "rssi",
        rssi,
        "channel_rssi",
        rssi,
        "snr",
        snr);
  }

  @Override
  public List<String> besides() {
    return List.of("externalSensor");
  }
}
