package io.sluice.sim.scenario;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.device.SimProfiles.Profile;
import io.sluice.sim.device.Waveform;
import io.sluice.sim.vendor.Dialect;
import io.sluice.sim.vendor.Firmware;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Devices of one kind at one site.
 *
 * @param idPattern with {@code {n}} or zero-padded {@code {n:04}}
 * @param jitterShare of the interval, 0 to 1
 * @param qos 0 to 2; over CoAP 0 is Non-confirmable and 1 Confirmable
 * @param waveforms those that the scenario sets, by metric
 * @param sleepy whether a device over MQTT connects for each report and disconnects after it
 * @param supervision after how long a silence the gateway raises an alarm; null: never
 * @param dialect the vendor as whose devices they speak; null: they speak as the form says
 * @param concentrator id of the device over whose connection they speak; null: each has its own
 * @param zone of times that they write without one
 * @param isBehindBroker whether they publish to a broker, to which the gateway subscribes
 * @param primaryHost for whom an edge node waits before it says anything; null: for nobody
 */
public record DeviceGroup(
    Profile profile,
    int count,
    String idPattern,
    String sector,
    String site,
    Duration interval,
    double jitterShare,
    Transport transport,
    int qos,
    PayloadForm form,
    Login login,
    Map<String, Waveform> waveforms,
    boolean sleepy,
    @Nullable AlarmPlan alarms,
    @Nullable Duration supervision,
    @Nullable Dialect dialect,
    @Nullable String concentrator,
    ZoneId zone,
    @Nullable String primaryHost,
    boolean isBehindBroker) {

  /** Devices that speak as their form says. */
  public DeviceGroup(
      Profile profile,
      int count,
      String idPattern,
      String sector,
      String site,
      Duration interval,
      double jitterShare,
      Transport transport,
      int qos,
      PayloadForm form,
      Login login,
      Map<String, Waveform> waveforms,
      boolean sleepy,
      @Nullable AlarmPlan alarms,
      @Nullable Duration supervision) {
    this(
        profile,
        count,
        idPattern,
        sector,
        site,
        interval,
        jitterShare,
        transport,
        qos,
        form,
        login,
        waveforms,
        sleepy,
        alarms,
        supervision,
        null,
        null,
        ZoneOffset.UTC,
        null,
        false);
  }

  /** The vendor's firmware, or null. */
  public @Nullable Firmware firmware() {
    return dialect == null ? null : dialect.firmware();
  }

  /** Whether a session makes its messages as they go out. */
  public boolean isOfSession() {
    Firmware firmware = firmware();
    return firmware != null && firmware.isOfSession();
  }

  /** Whether the observed time comes along with a message of that kind. */
  public boolean carriesTime(Kind kind) {
    Firmware firmware = firmware();
    return firmware == null ? form.carriesTime() : firmware.carriesTime(kind);
  }

  /** Whether a message has an outcome. */
  public boolean isAnswered() {
    Firmware firmware = firmware();
    return qos > 0 || (firmware != null && firmware.awaitsReplies());
  }

  /** As records name the way by which its messages came. */
  public String protocol() {
    return isBehindBroker ? "mqtt-source" : transport.protocol();
  }

  /** How many connections its devices have. */
  public int connections() {
    return concentrator == null ? count : 1;
  }

  /** How the devices of a group speak. */
  public enum Transport {
    MQTT_3_1_1,
    MQTT_5,
    COAP,
    HTTP;

    /** Whether it is one of MQTT's. */
    public boolean mqtt() {
      return this == MQTT_3_1_1 || this == MQTT_5;
    }

    /** As records name it. */
    public String protocol() {
      return switch (this) {
        case MQTT_3_1_1, MQTT_5 -> "mqtt";
        case COAP -> "coap";
        case HTTP -> "http";
      };
    }
  }

  /**
   * What a device shows at the door; {@code {id}} in any of them is the device's id.
   *
   * @param password MQTT and HTTP: user name is the id
   * @param token CoAP's {@code k}; MQTT: the user name; HTTP: as bearer
   * @param certificate subject of a client certificate; MQTT or HTTP over TLS
   * @param psk pre-shared key as text, the identity is the id; CoAP over DTLS
   * @param secret by which a vendor's device signs
   */
  public record Login(
      @Nullable String password,
      @Nullable String token,
      @Nullable String certificate,
      @Nullable String psk,
      @Nullable String secret) {
    /** Without TLS and DTLS. */
    public Login(@Nullable String password, @Nullable String token) {
      this(password, token, null, null, null);
    }

    /** Whether the device speaks TLS or DTLS. */
    public boolean isSecure() {
      return certificate != null || psk != null;
    }
  }

  /**
   * When a device raises an alarm, and when it clears it again.
   *
   * @param chance for each telemetry message, 0 to 1
   * @param every on a schedule instead, or null
   * @param severity CAP 1.2
   * @param points 1, or 2: each time a second point is raised too, which is never ended
   * @param becomesActual whether each begins as Exercise and becomes Actual before it ends
   */
  public record AlarmPlan(
      double chance,
      @Nullable Duration every,
      Duration clearAfter,
      String severity,
      String cause,
      int points,
      boolean becomesActual) {
    /** Status of CAP 1.2 of a message about an alarm. */
    public String status(Kind kind) {
      boolean isActual = kind == Kind.ALARM_ACTUAL || (becomesActual && kind == Kind.ALARM_CLEARED);
      return isActual ? "Actual" : "Exercise";
    }
  }

  String idOf(int index) {
    return fill(idPattern, index);
  }

  private String fill(String pattern, int index) {
    int open = pattern.indexOf("{n");
    int close = pattern.indexOf('}', open);
    String width = pattern.substring(open + 2, close);
    String number =
        width.isEmpty() ? "" + index : String.format("%" + width.substring(1) + "d", index);
    return (pattern.substring(0, open) + number + pattern.substring(close + 1))
        .replace("{site}", site)
        .replace("{sector}", sector)
        .replace("{profile}", profile.id());
  }
}
