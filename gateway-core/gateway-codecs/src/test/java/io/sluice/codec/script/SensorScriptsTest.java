package io.sluice.codec.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.CodecContract;
import io.sluice.api.codec.DownlinkCodec.Downlink;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The scripts that are shipped, on payloads that the vendors publish; the expected values are the
 * vendors', or written by hand from their tables where the comment says so.
 */
class SensorScriptsTest {
  private static void assertValues(String script, int port, String hex, String... wanted)
      throws PayloadException {
    PayloadCodec codec = Scripts.shipped(script).create();
    assertThat(Scripts.values(codec, port, hex)).as(script).containsExactlyInAnyOrder(wanted);
  }

  /** LHT65 manual 2.4: pages 12 and 15 (28.29, 88.6 and 27.81 degrees; -27.37). */
  @Test
  void draginoLht65() throws PayloadException {
    assertValues(
        "dragino-lht65",
        2,
        "CBF6 0B0D 0376 01 0ADD7FFF",
        "temperature=number 28.29",
        "humidity=number 88.6",
        "externalSensor=integer 1",
        "externalTemperature=number 27.81",
        "batteryVoltage=number 3.062",
        "batteryState=text good");
    // by hand from the tables: no probe (7FFF), negative, battery low
    assertValues(
        "dragino-lht65",
        2,
        "4BF6 F54F 0376 01 7FFF7FFF",
        "temperature=number -27.37",
        "humidity=number 88.6",
        "externalSensor=integer 1",
        "batteryVoltage=number 3.062",
        "batteryState=text low");
  }

  /** By hand from the tables of the LHT65N manual: DS18B20 with time, datalog, status. */
  @Test
  void draginoLht65FurtherForms() throws PayloadException {
    assertValues(
        "dragino-lht65",
        2,
        "0ADD 0B0D C376 09 60065F97",
        "externalTemperature=number 27.81",
        "temperature=number 28.29",
        "humidity=number 88.6",
        "externalSensor=integer 9",
        "batteryState=text good",
        "time=integer 1611030423");
    assertValues(
        "dragino-lht65",
        2,
        "0ADD 0B0D 0376 41 60065F97 7FFF F54F 0376 41 60065FD3",
        "1/time=integer 1611030423",
        "1/temperature=number 28.29",
        "1/humidity=number 88.6",
        "1/externalTemperature=number 27.81",
        "2/time=integer 1611030483",
        "2/temperature=number -27.37",
        "2/humidity=number 88.6");
    assertValues(
        "dragino-lht65",
        5,
        "0B 0100 01 FF 0BD0",
        "firmware=text 1.0.0",
        "frequencyBand=integer 1",
        "subBand=integer 255",
        "batteryVoltage=number 3.024");
    assertThatThrownBy(() -> Scripts.values(Scripts.shipped("dragino-lht65").create(), 9, "00"))
        .hasMessage("dragino-lht65.js says: port 9 is none of the LHT65's; it sends on 2, 3 and 5");
  }

  @Test
  void draginoLht65TakesAnInterval() throws PayloadException {
    Downlink sent =
        Objects.requireNonNull(Scripts.shipped("dragino-lht65").downlink())
            .encode("{\"interval\": 600}".getBytes(StandardCharsets.UTF_8), CodecContract.DEVICE);
    assertThat(HexFormat.of().formatHex(sent.bytes())).isEqualTo("01000258");
    assertThat(sent.port()).isEqualTo(2);
    assertThatThrownBy(() ->
            Objects.requireNonNull(Scripts.shipped("dragino-lht65").downlink())
                .encode("{}".getBytes(StandardCharsets.UTF_8), CodecContract.DEVICE))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("write {\"interval\": SECONDS}");
  }

  /** LSE01 manual 2.3: 24.1, 19.57, 24.59, 28200; 15 %, 2885 mV, 200 uS/cm; FF7E is -1.30. */
  @Test
  void draginoLse01() throws PayloadException {
    assertValues(
        "dragino-lse01",
        2,
        "CE29 00F1 07A5 099B 6E28 10",
        "batteryVoltage=number 3.625",
        "externalTemperature=number 24.1",
        "moisture=number 19.57",
        "temperature=number 24.59",
        "conductivity=integer 28200",
        "sensorFound=truth true",
        "interrupt=truth false");
    assertValues(
        "dragino-lse01",
        2,
        "CE29 00F1 07A5 099B 6E28 90",
        "batteryVoltage=number 3.625",
        "externalTemperature=number 24.1",
        "dielectricConstant=number 195.7",
        "rawMoisture=integer 2459",
        "rawConductivity=integer 28200",
        "sensorFound=truth true",
        "interrupt=truth false");
    assertValues(
        "dragino-lse01",
        2,
        "0B45 7FFF 05DC FF7E 00C8 00",
        "batteryVoltage=number 2.885",
        "moisture=integer 15",
        "temperature=number -1.3",
        "conductivity=integer 200",
        "sensorFound=truth false",
        "interrupt=truth false");
  }

  /** The published sample is cut off at seven bytes; the whole one is by hand from the table. */
  @Test
  void draginoLds02() throws PayloadException {
    assertValues(
        "dragino-lds02",
        10,
        "0B88 01 002500 01",
        "batteryVoltage=number 2.952",
        "mode=integer 1",
        "open=truth false",
        "openCount=integer 9472",
        "warning: dragino-lds02.js says: the uplink has 7 of 10 bytes");
    assertValues(
        "dragino-lds02",
        10,
        "8B88 01 000025 00003C 01",
        "batteryVoltage=number 2.952",
        "mode=integer 1",
        "open=truth true",
        "openCount=integer 37",
        "lastOpenDuration=integer 60",
        "openAlarm=truth true");
  }

  /** SensorDecoders, README of EM300-TH, -MCS and -DI. */
  @Test
  void milesightEm300() throws PayloadException {
    assertValues(
        "milesight-em300",
        85,
        "01755C 03673401 046865",
        "battery=integer 92",
        "temperature=number 30.8",
        "humidity=number 50.5");
    assertValues(
        "milesight-em300",
        85,
        "01755C 03673401 046865 060001",
        "battery=integer 92",
        "temperature=number 30.8",
        "humidity=number 50.5",
        "open=truth true");
    assertValues(
        "milesight-em300",
        85,
        "20CE 9E744663 1001 5D 00",
        "1/time=integer 1665561758",
        "1/temperature=number 27.2",
        "1/humidity=number 46.5",
        "1/state=integer 0");
    assertValues(
        "milesight-em300",
        85,
        "01755C 03673401 046865 20CE9E74466310015D020000010000",
        "battery=integer 92",
        "temperature=number 30.8",
        "humidity=number 50.5",
        "1/time=integer 1665561758",
        "1/temperature=number 27.2",
        "1/humidity=number 46.5",
        "1/pulses=integer 256");
    // by hand: 3f9d70a4 is 1.23 as a float of four bytes
    assertValues(
        "milesight-em300",
        85,
        "05E1 0A00 0A00 A4709D3F",
        "waterFactor=integer 1",
        "pulseFactor=integer 1",
        "water=number 1.2300000190734863");
  }

  /** SensorDecoders, README of EM500-CO2, -SMTC and -UDL; "Uplink Data" of EM500-PP. */
  @Test
  void milesightEm500() throws PayloadException {
    assertValues(
        "milesight-em500",
        85,
        "017564 03671901 046873 057D6704 06736827",
        "battery=integer 100",
        "temperature=number 28.1",
        "humidity=number 57.5",
        "co2=integer 1127",
        "airPressure=number 1008.8");
    assertValues(
        "milesight-em500",
        85,
        "017564 03671901 046873 057FF000",
        "battery=integer 100",
        "temperature=number 28.1",
        "humidity=number 57.5",
        "conductivity=integer 240");
    assertValues(
        "milesight-em500", 85, "017564 03821E00", "battery=integer 100", "distance=integer 30");
    assertValues("milesight-em500", 85, "037b0a00", "pressure=integer 10");
    assertValues("milesight-em500", 85, "037bffff", "pressure=text NaN");
    assertValues(
        "milesight-em500",
        85,
        "ff0bff ff0101 ff166136c40091605408 ff090200 ff0a0101 ff0f00 017501",
        "serialNumber=text 6136c40091605408",
        "hardware=text 2.0",
        "firmware=text 1.1",
        "battery=integer 1");
    // by hand from the tables: records of -UDL and of -CO2
    assertValues(
        "milesight-em500",
        85,
        "20CE 9E744663 1E00",
        "1/raw=integer 30",
        "1/time=integer 1665561758");
    assertValues(
        "milesight-em500",
        85,
        "20CE 9E744663 6704 6827 1901 73",
        "1/co2=integer 1127",
        "1/airPressure=number 1008.8",
        "1/temperature=number 28.1",
        "1/humidity=number 57.5",
        "1/time=integer 1665561758");
  }

  /** SensorDecoders, README of AM300 v2. */
  @Test
  void milesightAm319() throws PayloadException {
    assertValues(
        "milesight-am319",
        85,
        "0367EE00 04687C 050001 06CB02 077DA803 087D2500 09736627 0A7D0400 0B7D2000 0C7D3000",
        "temperature=number 23.8",
        "humidity=integer 62",
        "motion=truth true",
        "lightLevel=integer 2",
        "co2=integer 936",
        "tvocIndex=number 0.37",
        "airPressure=number 1008.6",
        "formaldehyde=number 0.04",
        "pm2_5=integer 32",
        "pm10=integer 48");
    // by hand: a pair that nobody knows, and one that is cut off
    assertValues(
        "milesight-am319",
        85,
        "0367EE00 AABB01",
        "temperature=number 23.8",
        "warning: milesight-am319.js says: byte 4: channel and type aabb are not known; the rest is left out");
    assertValues(
        "milesight-am319",
        85,
        "0367EE00 077DA8",
        "temperature=number 23.8",
        "warning: milesight-am319.js says: byte 4: 077d is cut off");
  }

  /** SensorDecoders, README of UC300. */
  @Test
  void milesightUc300() throws PayloadException {
    assertValues(
        "milesight-uc300",
        85,
        "03C80A000000 04C814000000 050000 060000 070101 080101",
        "counter1=integer 10",
        "counter2=integer 20",
        "input3=truth false",
        "input4=truth false",
        "output1=truth true",
        "output2=truth true");
    assertValues(
        "milesight-uc300",
        85,
        "0B0290010000 0D0248010000 09670201",
        "current1=integer 4",
        "voltage1=number 3.28",
        "temperature1=number 25.8");
    assertValues(
        "milesight-uc300",
        85,
        "0DE28F425C428F428D42",
        "voltage1=number 3.279296875",
        "voltage1Max=number 3.1796875",
        "voltage1Min=number 3.279296875",
        "voltage1Mean=number 3.275390625");
    assertValues(
        "milesight-uc300",
        85,
        "ff190002020b00 ff190102020200 ff190302026100",
        "modbus.1=integer 11",
        "modbus.2=integer 2",
        "modbus.4=integer 97");
    // by hand: signed, float, and an error of channel 3
    assertValues(
        "milesight-uc300",
        85,
        "ff190002 82 feff ff190104 05 0000c03f ff1502",
        "modbus.1=integer -2",
        "modbus.2=number 1.5",
        "modbusErrors.0=integer 3");
  }

  /** The example of the vendor's codec file for ERS; the others by hand from the table. */
  @Test
  void elsysErs() throws PayloadException {
    assertValues(
        "elsys-ers",
        5,
        "0100E2 0229 040027 0506",
        "temperature=number 22.6",
        "humidity=integer 41",
        "illuminance=integer 39",
        "motion=integer 6");
    assertValues(
        "elsys-ers",
        5,
        "01FFCE 0601C2 070E3C 14000F6B98 19 0064 19 FFF6 FE01",
        "temperature=integer -5",
        "co2=integer 450",
        "batteryVoltage=number 3.644",
        "pressure=number 1010.584",
        "externalTemperatures.0=integer 10",
        "externalTemperatures.1=integer -1",
        "warning: elsys-ers.js says: byte 20: type 254 is not known; the rest is left out");
  }

  /** The samples of the data sheet, range 0 to 1 bar. */
  @Test
  void decentlabDlPr26() throws PayloadException {
    assertValues(
        "decentlab-dl-pr26",
        1,
        "02 0167 0003 3E80 6017 0C7F",
        "serial=integer 359",
        "pressure=number -0.01171875",
        "temperature=number 25.671875",
        "batteryVoltage=number 3.199");
    assertValues(
        "decentlab-dl-pr26",
        1,
        "02 0167 0002 0C7F",
        "serial=integer 359",
        "batteryVoltage=number 3.199");
  }

  /** The example of the vendor's codec file for PULSE 4; the others by hand from the tables. */
  @Test
  void adeunisPulse() throws PayloadException {
    assertValues(
        "adeunis-pulse",
        1,
        "5A67 00000127 0001 0002 0003 0004 14ABA3E9",
        "frameCounter=integer 3",
        "batteryLow=truth true",
        "configured=truth true",
        "time=integer 1703791337",
        "counterA=integer 295",
        "earlierA.0=integer 294",
        "earlierA.1=integer 292",
        "earlierA.2=integer 289",
        "earlierA.3=integer 285");
    assertValues(
        "adeunis-pulse",
        1,
        "4621 00000064 00000032",
        "frameCounter=integer 1",
        "batteryLow=truth false",
        "configured=truth true",
        "counterA=integer 100",
        "counterB=integer 50");
    assertThatThrownBy(
            () -> Scripts.values(Scripts.shipped("adeunis-pulse").create(), 1, "4621 0000"))
        .hasMessageContaining("frame 46 is cut off at 4 bytes");
  }
}
