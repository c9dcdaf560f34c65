package io.sluice.sim.vendor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.sim.device.Kind;
import io.sluice.sim.device.Sample;
import io.sluice.sim.device.Sample.Field;
import io.sluice.sim.scenario.DeviceSpec;
import io.sluice.sim.scenario.Scenario;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What each vendor's devices publish and sign in with. The texts on the right are written by hand
 * from the vendors' pages, which the firmwares name.
 */
class VendorShapesTest {
  /** 2026-11-27 18:00:00.123 UTC. */
  private static final long MICROS = 1_795_802_400_123_000L;

  private static final List<Field> METER =
      List.of(
          new Field("voltage", "V", 230.8),
          new Field("current", "A", 2.51),
          new Field("power", "W", 550L),
          new Field("energy", "kWh", 12.345),
          new Field("powerFactor", null, 0.95));
  private static final List<Field> VIBRATION =
      List.of(new Field("velocityRms", "mm/s", 2.31), new Field("temperature", "Cel", 42.5));

  private static final List<Field> WEATHER =
      List.of(
          new Field("temperature", "Cel", 21.5),
          new Field("humidity", "%RH", 60.5),
          new Field("pressure", "hPa", 1013.2),
          new Field("windSpeed", "m/s", 3.4));

  @TempDir private Path folder;

  private DeviceSpec device(String group) throws Exception {
    Path file = folder.resolve("s.yaml");
    Files.writeString(file, "name: s\ngroups:\n  - { " + group + " }\n");
    return Scenario.load(file).devices().getLast();
  }

  static List<Arguments> shapes() {
    return List.of(
        Arguments.of(
            "profile: energy-meter, id: \"plug{n}\", dialect: tasmota, timezone: Asia/Kolkata",
            METER,
            "tele/plug1/SENSOR",
            "{'Time':'2026-11-27T23:30:00','ENERGY':{'TotalStartTime':'2026-01-01T00:00:00','Total':12.345,"
                + "'Yesterday':11.52,'Today':4.407,'Period':2,'Power':550,'ApparentPower':579,'Factor':0.95,"
                + "'Voltage':230.8,'Current':2.51}}"),
        Arguments.of(
            "profile: energy-meter, id: \"shellyplus1pm-{n}\", dialect: shelly",
            METER,
            "shellyplus1pm-1/events/rpc",
            "{'src':'shellyplus1pm-1','dst':'shellyplus1pm-1/events','method':'NotifyStatus','params':{"
                + "'ts':1795802400.12,'switch:0':{'id':0,'output':true,'apower':550,'voltage':230.8,'pf':0.95,"
                + "'current':2.51,'aenergy':{'total':12345.0,'by_minute':[31.2,66.9,66.4],'minute_ts':1795802400}}}}"),
        Arguments.of(
            "profile: energy-meter, id: \"shellyplug-{n}\", dialect: shelly-gen1",
            METER,
            "shellies/shellyplug-1/relay/0/power",
            "550"),
        Arguments.of(
            "profile: energy-meter, id: \"hall.plug-{n}\", dialect: zigbee2mqtt, concentrator: z2m",
            METER,
            "zigbee2mqtt/hall/plug-1",
            "{'linkquality':46,'state':'ON','voltage':230.8,'current':2.51,'power':550,'energy':12.345,"
                + "'power_factor':0.95,'last_seen':'2026-11-27T18:00:00.123Z'}"),
        Arguments.of(
            "profile: energy-meter, id: \"c0619ab{n}\", dialect: victron",
            METER,
            "N/c0619ab1/grid/30/Ac/L1/Voltage",
            "{'value':230.8}"),
        Arguments.of(
            "profile: energy-meter, id: \"A{n}\", dialect: thingsboard, concentrator: gw",
            METER.subList(0, 1),
            "v1/gateway/telemetry",
            "{'A1':[{'ts':1795802400123,'values':{'voltage':230.8}}]}"),
        Arguments.of(
            "profile: energy-meter, id: \"A{n}\", dialect: hono, concentrator: gw",
            METER.subList(0, 1),
            "t/PLANT1/A1",
            "{'ts':1795802400123,'voltage':230.8}"),
        Arguments.of(
            "profile: energy-meter, id: \"m{n}\", dialect: huawei-iotda",
            METER.subList(0, 1),
            "$oc/devices/m1/sys/properties/report",
            "{'services':[{'service_id':'Basic','properties':{'voltage':230.8},'event_time':'20261127T180000Z'}]}"),
        Arguments.of(
            "profile: energy-meter, id: \"m{n}\", dialect: huawei-iotda, concentrator: gw_1",
            METER.subList(0, 1),
            "$oc/devices/gw_1/sys/gateway/sub_devices/properties/report",
            "{'devices':[{'device_id':'m1','services':[{'service_id':'Basic','properties':{'voltage':230.8},"
                + "'event_time':'20261127T180000Z'}]}]}"),
        Arguments.of(
            "profile: energy-meter, id: \"m{n}\", dialect: tencent-iot",
            METER.subList(0, 1),
            "$thing/up/property/SLUICESIM1/m1",
            "{'method':'report','clientToken':'property-7','timestamp':1795802400123,'params':{'voltage':230.8}}"),
        Arguments.of(
            "profile: energy-meter, id: \"m{n}\", dialect: azure-iot-hub",
            METER.subList(0, 1),
            "devices/m1/messages/events/$.ct=application%2Fjson&$.ce=utf-8&$.mid=7",
            "{'ts':1795802400123,'voltage':230.8}"),
        Arguments.of(
            "profile: vibration-sensor, id: \"00D0C9F1{n:04}\", dialect: advantech-wise",
            VIBRATION,
            "Advantech/00D0C9F10001/data",
            "{'s':7,'t':'2026-11-27T18:00:00Z','q':192,'c':1,'di1':true,'ai1':2.31,'ai2':42.5}"),
        Arguments.of(
            "profile: vibration-sensor, id: \"logo-{n}\", dialect: siemens-logo, timezone: Europe/Berlin",
            VIBRATION,
            "logo/logo-1",
            "{'state':{'reported':{'$logotime':1795806000,'AM1':{'desc':'AM1-Analog Mem-1','value':[231]},"
                + "'AM2':{'desc':'AM2-Analog Mem-1','value':[425]}}}}"),
        Arguments.of(
            "profile: vibration-sensor, id: \"S275X{n}\", dialect: king-pigeon",
            VIBRATION,
            "S275X1",
            "{'sensorDatas':[{'flag':'AIN1','value':2.31},{'flag':'TEMP1','value':42.5},"
                + "{'flag':'DI1','switcher':'0'}],'time':'18:00:00 11/27/2026 UTC'}"),
        Arguments.of(
            "profile: vibration-sensor, id: \"m{n}\", dialect: neuron, concentrator: neuron-1",
            VIBRATION,
            "/neuron/neuron-1/upload",
            "{'timestamp':1795802400123,'node':'m1','group':'all','values':{'velocityRms':2.31,'temperature':42.5},"
                + "'errors':{},'metas':{}}"),
        Arguments.of(
            "profile: vibration-sensor, id: \"host{n}\", dialect: telegraf",
            VIBRATION,
            "telegraf/host1/modbus",
            "{'fields':{'velocityRms':2.31,'temperature':42.5},'name':'modbus','tags':{'host':'host1'},"
                + "'timestamp':1795802400}"),
        Arguments.of(
            "profile: livestock-tag, id: \"35209408000000{n}\", dialect: teltonika",
            List.of(new Field("lat", "lat", 54.66604), new Field("lon", "lon", 25.22503)),
            "352094080000001/data",
            "{'state':{'reported':{'21':4,'66':12089,'ts':1795802400123,'latlng':'54.66604,25.22503','sp':6}}}"),
        Arguments.of(
            "profile: vibration-sensor, id: \"86850806562811{n}\", dialect: dragino",
            VIBRATION,
            "dragino/868508065628111/up",
            "{'IMEI':'868508065628111','IMSI':'460240210507481','Model':'SN50V3-CB','mod':1,'battery':3.21,'signal':20,"
                + "'time':'2026-11-27T18:00:00Z','latitude':0.0,'longitude':0.0,'gps_time':'1970-01-01T00:00:00Z',"
                + "'digital_in':0,'adc1':0,'temperature':42.5,'humidity':51.8}"),
        Arguments.of(
            "profile: weather-station, id: \"station-{n}\", dialect: home-assistant",
            WEATHER,
            "garden/station-1/state",
            "{'temperature':21.5,'humidity':60.5,'pressure':1013.2,'windSpeed':3.4}"));
  }

  /** home-assistant.io, "MQTT": keys abbreviated, the base topic as ~, retained. */
  @Test
  void stationSaysByDiscoveryWhatItsTopicMeans() throws Exception {
    DeviceSpec station = device("profile: weather-station, id: \"s{n}\", dialect: home-assistant");
    List<Publication> configs = station.group().firmware().greetings(station, List.of());
    assertThat(configs).hasSize(4).allMatch(Publication::isRetained);
    assertThat(configs.get(1).topic()).isEqualTo("homeassistant/sensor/s1/humidity/config");
    assertThat(new JsonMapper().readTree(configs.get(1).payload()))
        .isEqualTo(
            new JsonMapper()
                .readTree(
                    "{'~':'garden/s1','name':'humidity','uniq_id':'s1_humidity','stat_t':'~/state',"
                            .replace('\'', '"')
                        + "'val_tpl':'{{ value_json.humidity }}','unit_of_meas':'%','dev_cla':'humidity',"
                            .replace('\'', '"')
                        + "'dev':{'ids':['s1'],'name':'Weather'}}".replace('\'', '"')));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void messageIsAsTheVendorsPageHasIt(
      String group, List<Field> fields, String topic, String payload) throws Exception {
    DeviceSpec device = device(group);
    Publication publication = publication(device, fields, 6);
    assertThat(publication.topic()).isEqualTo(topic);
    if (payload.startsWith("{")) {
      assertThat(new JsonMapper().readTree(publication.payload()))
          .isEqualTo(new JsonMapper().readTree(payload.replace('\'', '"')));
    } else {
      assertThat(publication.payload()).asString(UTF_8).isEqualTo(payload);
    }
  }

  private static Publication publication(DeviceSpec device, List<Field> fields, long index) {
    Firmware firmware = device.group().firmware();
    Sample sample = new Sample(7, MICROS, Kind.TELEMETRY, fields);
    return firmware.publication(device, firmware.said(device, sample, index), index);
  }

  /** The bytes of the LHT65 are those of its manual's example but for the battery's state. */
  @Test
  void uplinkOfChirpStackHasTheSensorsBytesInBase64AndLeavesOutZeros() throws Exception {
    DeviceSpec probe =
        device(
            "profile: dragino-lht65, id: \"a84041000181000{n}\", dialect: chirpstack, concentrator: cs");
    List<Field> fields =
        List.of(new Field("temperature", "Cel", 28.29), new Field("humidity", "%RH", 88.6));
    JsonNode event = new JsonMapper().readTree(publication(probe, fields, 0).payload());
    assertThat(event.path("data").binaryValue())
        .inHexadecimal()
        .isEqualTo(
            new byte[] {
              (byte) 0xCB,
              (byte) 0xF6,
              0x0B,
              0x0D,
              0x03,
              0x76,
              0x01,
              0x0A,
              (byte) 0xDD,
              0x7F,
              (byte) 0xFF
            });
    assertThat(event.has("fCnt")).isFalse();
    assertThat(event.path("fPort").asInt()).isEqualTo(2);
    assertThat(event.path("time").asString()).isEqualTo("2026-11-27T18:00:00.123+00:00");
    assertThat(event.at("/deviceInfo/devEui").asString()).isEqualTo("a840410001810001");
    assertThat(event.at("/rxInfo/1/rssi").asInt()).isEqualTo(-100);
    JsonNode later = new JsonMapper().readTree(publication(probe, fields, 3).payload());
    assertThat(later.path("fCnt").asInt()).isEqualTo(3);
  }

  /** 01 75 5C: 92 %; 03 67 10 01: 27.2 degrees; 04 68 71: 56.5 % (user guide of EM300-TH). */
  @Test
  void uplinkOfChirpStack3HasItsEuiInBase64() throws Exception {
    DeviceSpec probe =
        device(
            "profile: milesight-em300, id: \"24e124445d19367{n}\", dialect: chirpstack-3, concentrator: cs");
    List<Field> fields =
        List.of(new Field("temperature", "Cel", 27.2), new Field("humidity", "%RH", 56.4));
    Publication publication = publication(probe, fields, 5);
    JsonNode event = new JsonMapper().readTree(publication.payload());
    assertThat(publication.topic()).isEqualTo("application/1/device/24e124445d193671/rx");
    assertThat(event.path("data").asString()).isEqualTo("AXVcA2cQAQRocQ==");
    assertThat(event.path("devEUI").asString()).isEqualTo("JOEkRF0ZNnE=");
  }

  @Test
  void signatureIsThatOfTheVendorsExamples() {
    assertThat(
            Signature.hex(
                "HmacSHA256",
                Signature.bytes("3f0c9a52d17be846a1f2c4d6e8b09371"),
                "clientIda1SluiceDemo.pump-07deviceNamepump-07productKeya1SluiceDemotimestamp1795802400000"))
        .isEqualTo("5af6d451fdca3e3257bb25a6d802afe0549b3f85bb736c31343f0dbf49a8ae0b");
    assertThat(Signature.hex("HmacSHA256", Signature.bytes("2026112718"), "S3cretOfMeter01"))
        .isEqualTo("e1e6abe1b15f84db80d7077a7689fd74c86b149bfa89d21dd7fddb82c572def1");
    assertThat(
            Signature.url(
                "HmacSHA256",
                Signature.ofBase64("c2x1aWNlLWRlbW8tYWNjZXNzLWtleS0wMDAwMDAwMDE="),
                "1827338400\nsha256\nproducts/Xy12AbCdEf/devices/meter01\n2018-10-31"))
        .isEqualTo("ZmF%2BdfbT5%2FoiqqEgEkNpIdeZc5ZLm4BE63hD7WX16UI%3D");
    assertThat(
            Signature.hex(
                "HmacSHA256",
                Signature.ofBase64("c2x1aWNlLWRlbW8tcHNrIQ=="),
                "AB12CD34EFmeter01;12010126;X7k2p;1827338400"))
        .isEqualTo("5aebfafbdf60276a60ac3a7f06c5a224496cc7d99e07c98d72c2acb166c1237a");
    assertThat(
            Signature.url(
                "HmacSHA256",
                Signature.ofBase64("c2x1aWNlLWRlbW8tYXp1cmUtZGV2aWNlLWtleS0wMDE="),
                "demo-hub.azure-devices.net%2Fdevices%2Fmeter01\n1827338400"))
        .isEqualTo("JhZVfZzkdW0Ezd6yZ65kg0f6E7n0t6xWyopWLfLjh%2BE%3D");
  }

  @Test
  void connectHasTheVendorsForms() throws Exception {
    Instant now = Instant.parse("2026-11-27T18:00:00Z");
    SignIn alink = signIn("profile: cnc, id: \"pump-{n}\", dialect: alink", now);
    assertThat(alink.clientId())
        .isEqualTo(
            "a1SluiceSim.pump-1|securemode=3,signmethod=hmacsha256,timestamp=1795802400000|");
    assertThat(alink.user()).isEqualTo("pump-1&a1SluiceSim");
    assertThat(alink.password())
        .isEqualTo(
            Signature.hex(
                "HmacSHA256",
                Signature.bytes("demo-secret-of-pump-1"),
                "clientIda1SluiceSim.pump-1deviceNamepump-1productKeya1SluiceSimtimestamp1795802400000"));
    SignIn iotda = signIn("profile: cnc, id: \"p_m{n}\", dialect: huawei-iotda", now);
    assertThat(iotda.clientId()).isEqualTo("p_m1_0_1_2026112718");
    assertThat(iotda.user()).isEqualTo("p_m1");
    SignIn tencent = signIn("profile: cnc, id: \"m{n}\", dialect: tencent-iot", now);
    assertThat(tencent.user()).matches("SLUICESIM1m1;12010126;\\d{5};1795888800");
    assertThat(tencent.password()).matches("[0-9a-f]{64};hmacsha256");
    SignIn azure = signIn("profile: cnc, id: \"m{n}\", dialect: azure-iot-hub", now);
    assertThat(azure.user()).isEqualTo("sluice-sim.azure-devices.net/m1/?api-version=2021-04-12");
    assertThat(azure.password())
        .matches(
            "SharedAccessSignature sr=sluice-sim\\.azure-devices\\.net%2Fdevices%2Fm1&sig=[^&]+&se=1795888800");
    SignIn onenet = signIn("profile: cnc, id: \"m{n}\", dialect: onenet", now);
    assertThat(onenet.password())
        .matches(
            "version=2018-10-31&res=products%2FXy12SluiceS%2Fdevices%2Fm1&et=1795888800&method=sha256&sign=.+");
    SignIn board = signIn("profile: cnc, id: \"m{n}\", dialect: thingsboard", now);
    assertThat(board.user()).isEqualTo("demo-token-of-m1");
    assertThat(board.password()).isNull();
    assertThat(signIn("profile: cnc, id: \"m{n}\", dialect: hono", now).user())
        .isEqualTo("m1@PLANT1");
  }

  private SignIn signIn(String group, Instant now) throws Exception {
    DeviceSpec device = device(group);
    return device.group().firmware().signIn(device, now);
  }

  @Test
  void replyOfTheCloudNamesTheMessageAndSaysWhatBecameOfIt() throws Exception {
    DeviceSpec alink = device("profile: cnc, id: \"p{n}\", dialect: alink");
    Firmware firmware = alink.group().firmware();
    String topic = "/sys/a1SluiceSim/p1/thing/event/property/post_reply";
    assertThat(
            firmware.reply(
                alink,
                topic,
                "{\"code\":200,\"data\":{},\"id\":\"77\",\"message\":\"success\"}".getBytes(UTF_8)))
        .isEqualTo(new Reply("77", true, "200 success"));
    assertThat(firmware.reply(alink, topic, "{\"code\":460,\"id\":\"78\"}".getBytes(UTF_8)))
        .isEqualTo(new Reply("78", false, "460 "));
    assertThat(firmware.reply(alink, "/sys/a1SluiceSim/p1/thing/service/property/set", new byte[0]))
        .isNull();
    DeviceSpec tencent = device("profile: cnc, id: \"m{n}\", dialect: tencent-iot");
    assertThat(
            tencent
                .group()
                .firmware()
                .reply(
                    tencent,
                    "$thing/down/property/SLUICESIM1/m1",
                    "{\"method\":\"report_reply\",\"clientToken\":\"property-7\",\"code\":0,\"status\":\"\"}"
                        .getBytes(UTF_8)))
        .isEqualTo(new Reply("property-7", true, "0 "));
  }
}
