package io.sluice.sim.vendor;

import io.sluice.sim.vendor.cloud.Alink;
import io.sluice.sim.vendor.cloud.AwsIot;
import io.sluice.sim.vendor.cloud.AzureIotHub;
import io.sluice.sim.vendor.cloud.Hono;
import io.sluice.sim.vendor.cloud.HuaweiIotda;
import io.sluice.sim.vendor.cloud.OneNet;
import io.sluice.sim.vendor.cloud.TencentIot;
import io.sluice.sim.vendor.cloud.ThingsBoard;
import io.sluice.sim.vendor.home.EspHome;
import io.sluice.sim.vendor.home.HomeAssistant;
import io.sluice.sim.vendor.home.Shelly;
import io.sluice.sim.vendor.home.ShellyGen1;
import io.sluice.sim.vendor.home.Tasmota;
import io.sluice.sim.vendor.home.Victron;
import io.sluice.sim.vendor.home.WirenBoard;
import io.sluice.sim.vendor.home.Zigbee2Mqtt;
import io.sluice.sim.vendor.industry.AdvantechWise;
import io.sluice.sim.vendor.industry.Dragino;
import io.sluice.sim.vendor.industry.KingPigeon;
import io.sluice.sim.vendor.industry.Neuron;
import io.sluice.sim.vendor.industry.SiemensLogo;
import io.sluice.sim.vendor.industry.Telegraf;
import io.sluice.sim.vendor.industry.Teltonika;
import io.sluice.sim.vendor.lorawan.ChirpStack;
import io.sluice.sim.vendor.lorawan.ChirpStack3;
import io.sluice.sim.vendor.lorawan.MilesightGateway;
import io.sluice.sim.vendor.lorawan.TheThingsStack;
import io.sluice.sim.vendor.sparkplug.Sparkplug;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Which firmware speaks a dialect. */
final class Firmwares {
  private static final Map<Dialect, Firmware> ALL = new EnumMap<>(Dialect.class);

  static {
    ALL.put(Dialect.TASMOTA, new Tasmota());
    ALL.put(Dialect.SHELLY, new Shelly());
    ALL.put(Dialect.SHELLY_GEN1, new ShellyGen1());
    ALL.put(Dialect.ZIGBEE2MQTT, new Zigbee2Mqtt());
    ALL.put(Dialect.ESPHOME, new EspHome());
    ALL.put(Dialect.WIRENBOARD, new WirenBoard());
    ALL.put(Dialect.VICTRON, new Victron());
    ALL.put(Dialect.THINGSBOARD, new ThingsBoard());
    ALL.put(Dialect.HONO, new Hono());
    ALL.put(Dialect.ALINK, new Alink());
    ALL.put(Dialect.HUAWEI_IOTDA, new HuaweiIotda());
    ALL.put(Dialect.ONENET, new OneNet());
    ALL.put(Dialect.TENCENT_IOT, new TencentIot());
    ALL.put(Dialect.AZURE_IOT_HUB, new AzureIotHub());
    ALL.put(Dialect.AWS_IOT, new AwsIot());
    ALL.put(Dialect.CHIRPSTACK, new ChirpStack());
    ALL.put(Dialect.CHIRPSTACK_3, new ChirpStack3());
    ALL.put(Dialect.THE_THINGS_STACK, new TheThingsStack());
    ALL.put(Dialect.MILESIGHT, new MilesightGateway());
    ALL.put(Dialect.ADVANTECH_WISE, new AdvantechWise());
    ALL.put(Dialect.SIEMENS_LOGO, new SiemensLogo());
    ALL.put(Dialect.KING_PIGEON, new KingPigeon());
    ALL.put(Dialect.NEURON, new Neuron());
    ALL.put(Dialect.TELEGRAF, new Telegraf());
    ALL.put(Dialect.TELTONIKA, new Teltonika());
    ALL.put(Dialect.DRAGINO, new Dragino());
    ALL.put(Dialect.HOME_ASSISTANT, new HomeAssistant());
    ALL.put(Dialect.SPARKPLUG, new Sparkplug());
  }

  private Firmwares() {}

  static Firmware of(Dialect dialect) {
    return Objects.requireNonNull(ALL.get(dialect));
  }
}
