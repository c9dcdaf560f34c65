package io.sluice.sim.vendor.cloud;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Fields;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Signature;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Huawei Cloud IoTDA (support.huaweicloud.com, API reference iot_06_v5_3010 "Device reporting
 * properties", 3006 "Gateway reporting in batches", iot_01_0047 "Connect"; IotUtil and
 * MqttConnection of huaweicloud-iot-device-sdk-java): the hour is the key of the signature, and is
 * checked. Event times are UTC in seconds; PUBACK is all the reply there is.
 */
public final class HuaweiIotda implements Firmware {
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("yyyyMMddHH", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter EVENT_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final long SECOND = 1_000_000;

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    String hour = HOUR.format(now);
    return new SignIn(
        session.id() + "_0_1_" + hour,
        session.id(),
        Signature.hex(
            "HmacSHA256", Signature.bytes(hour), Objects.requireNonNull(session.secret())));
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(sys(session.id()) + "commands/#", sys(session.id()) + "properties/set/#");
  }

  private static String sys(String device) {
    return "$oc/devices/" + device + "/sys/";
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return Fields.cut(sample, SECOND);
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Field field : said.fields()) {
      properties.put(field.name(), field.value());
    }
    List<Object> services =
        List.of(
            Trees.of(
                "service_id",
                "Basic",
                "properties",
                properties,
                "event_time",
                EVENT_TIME.format(Instant.EPOCH.plus(said.micros(), ChronoUnit.MICROS))));
    String gateway = spec.group().concentrator();
    return gateway == null
        ? Publication.json(sys(spec.id()) + "properties/report", Trees.of("services", services))
        : Publication.json(
            sys(gateway) + "gateway/sub_devices/properties/report",
            Trees.of("devices", List.of(Trees.of("device_id", spec.id(), "services", services))));
  }
}
