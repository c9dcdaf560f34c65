package io.sluice.sim.vendor.cloud;

import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.vendor.Firmware;
import io.sluice.sim.vendor.Publication;
import io.sluice.sim.vendor.SignIn;
import io.sluice.sim.vendor.Signature;
import io.sluice.sim.vendor.Trees;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A device of Azure IoT Hub (learn.microsoft.com, "Communicate with an IoT hub using the MQTT
 * protocol"; az_iot_hub_client_sas.c of Azure/azure-sdk-for-c): a shared access signature, device
 * to cloud messages with a bag of properties, whose content is the device's own.
 */
public final class AzureIotHub implements Firmware {
  private static final String HUB = "sluice-sim.azure-devices.net";
  private static final long SIGNED_SECONDS = 86_400;

  @Override
  public SignIn signIn(DeviceSpec session, Instant now) {
    String resource = Signature.url(HUB + "/devices/" + session.id());
    long until = now.getEpochSecond() + SIGNED_SECONDS;
    byte[] key = Signature.ofBase64(Objects.requireNonNull(session.secret()));
    return new SignIn(
        session.id(),
        HUB + "/" + session.id() + "/?api-version=2021-04-12",
        "SharedAccessSignature sr=%s&sig=%s&se=%d"
            .formatted(resource, Signature.url("HmacSHA256", key, resource + "\n" + until), until));
  }

  @Override
  public List<String> filters(DeviceSpec session) {
    return List.of(
        "devices/" + session.id() + "/messages/devicebound/#",
        "$iothub/methods/POST/#",
        "$iothub/twin/res/#");
  }

  @Override
  public boolean carriesTime() {
    return true;
  }

  @Override
  public Sample said(DeviceSpec spec, Sample sample, long index) {
    return sample;
  }

  @Override
  public Publication publication(DeviceSpec spec, Sample said, long index) {
    Map<String, Object> content = Trees.of("ts", said.micros() / 1000);
    for (Field field : said.fields()) {
      content.put(field.name(), field.value());
    }
    return Publication.json(
        "devices/%s/messages/events/$.ct=application%%2Fjson&$.ce=utf-8&$.mid=%d"
            .formatted(spec.id(), said.n()),
        content);
  }
}
