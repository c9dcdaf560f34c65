package io.sluice.sim.vendor;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The vendors whose devices can be played, and what each can be. */
public enum Dialect {
  TASMOTA(Behind.NOTHING),
  SHELLY(Behind.NOTHING),
  SHELLY_GEN1(Behind.NOTHING),
  ZIGBEE2MQTT(Behind.CONCENTRATOR),
  ESPHOME(Behind.NOTHING),
  WIRENBOARD(Behind.NOTHING),
  VICTRON(Behind.NOTHING),
  THINGSBOARD(Behind.EITHER),
  HONO(Behind.EITHER),
  ALINK(Behind.EITHER),
  HUAWEI_IOTDA(Behind.EITHER),
  ONENET(Behind.EITHER),
  TENCENT_IOT(Behind.NOTHING),
  AZURE_IOT_HUB(Behind.NOTHING),
  AWS_IOT(Behind.NOTHING),
  CHIRPSTACK(Behind.CONCENTRATOR),
  CHIRPSTACK_3(Behind.CONCENTRATOR),
  THE_THINGS_STACK(Behind.CONCENTRATOR),
  MILESIGHT(Behind.CONCENTRATOR),
  ADVANTECH_WISE(Behind.NOTHING),
  SIEMENS_LOGO(Behind.NOTHING),
  KING_PIGEON(Behind.NOTHING),
  NEURON(Behind.CONCENTRATOR),
  TELEGRAF(Behind.NOTHING),
  TELTONIKA(Behind.NOTHING),
  DRAGINO(Behind.NOTHING),
  HOME_ASSISTANT(Behind.NOTHING),
  SPARKPLUG(Behind.EITHER);

  /** Whether devices have connections of their own. */
  private enum Behind {
    NOTHING,
    CONCENTRATOR,
    EITHER
  }

  private final Behind behind;

  Dialect(Behind behind) {
    this.behind = behind;
  }

  /** By the name that scenarios, and gateways, use. */
  public static Map<String, Dialect> byName() {
    Map<String, Dialect> names = new LinkedHashMap<>();
    for (Dialect dialect : values()) {
      names.put(dialect.label(), dialect);
    }
    return names;
  }

  /** The name that scenarios use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name that gateways know it by: two versions of one vendor have one. */
  public String family() {
    return switch (this) {
      case SHELLY_GEN1 -> SHELLY.label();
      case CHIRPSTACK_3 -> CHIRPSTACK.label();
      default -> label();
    };
  }

  public Firmware firmware() {
    return Firmwares.of(this);
  }

  /** Whether devices must be behind a concentrator. */
  public boolean needsConcentrator() {
    return behind == Behind.CONCENTRATOR;
  }

  /** Whether they can be. */
  public boolean takesConcentrator() {
    return behind != Behind.NOTHING;
  }

  /** The profiles that its devices can have; empty: all. */
  public Set<String> profiles() {
    return switch (this) {
      case TASMOTA, SHELLY, SHELLY_GEN1, VICTRON -> Set.of("energy-meter");
      case ZIGBEE2MQTT -> Set.of("energy-meter", "soil-probe");
      case ESPHOME, WIRENBOARD, HOME_ASSISTANT -> Set.of("weather-station");
      case CHIRPSTACK, THE_THINGS_STACK -> Set.of("dragino-lht65");
      case CHIRPSTACK_3, MILESIGHT -> Set.of("milesight-em300");
      case ADVANTECH_WISE, SIEMENS_LOGO, KING_PIGEON, DRAGINO -> Set.of("vibration-sensor");
      case TELTONIKA -> Set.of("livestock-tag");
      case THINGSBOARD,
          HONO,
          ALINK,
          HUAWEI_IOTDA,
          ONENET,
          TENCENT_IOT,
          AZURE_IOT_HUB,
          AWS_IOT,
          NEURON,
          TELEGRAF,
          SPARKPLUG ->
          Set.of();
    };
  }

  /** What a session signs in with, where the scenario does not say. */
  public Secret secret() {
    return switch (this) {
      case THINGSBOARD -> Secret.TOKEN;
      case ALINK, HUAWEI_IOTDA -> Secret.TEXT;
      case ONENET, TENCENT_IOT, AZURE_IOT_HUB -> Secret.BASE64;
      case AWS_IOT -> Secret.CERTIFICATE;
      default -> Secret.PASSWORD;
    };
  }

  /** A kind of credential. */
  public enum Secret {
    PASSWORD,
    TOKEN,
    CERTIFICATE,
    /** The vendor's secret of the device, as it is. */
    TEXT,
    /** The same in base64. */
    BASE64
  }
}
