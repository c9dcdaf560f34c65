package io.sluice.codec.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.codec.PayloadException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The scripts that are shipped, on frames of other firmware and models than the usual ones: records
 * of the past, answers to settings, what a device tells of itself. All values are by hand from the
 * vendors' tables and decoders, as the scripts cite them.
 */
class SensorFirmwareTest {
  private static void assertValues(String script, int port, String hex, String... wanted)
      throws PayloadException {
    assertThat(Scripts.values(Scripts.shipped(script).create(), port, hex))
        .as("%s %s", script, hex)
        .containsExactlyInAnyOrder(wanted);
  }

  /** em300-di: the counted water has channel 05, its alarm 85; 21 ce is a record of 18 bytes. */
  @Test
  void waterOfEm300() throws PayloadException {
    assertValues(
        "milesight-em300",
        85,
        "85E1 0A00 1400 0000C03F 03",
        "waterFactor=integer 1",
        "pulseFactor=integer 2",
        "water=number 1.5",
        "waterAlarm=integer 3");
    assertValues(
        "milesight-em300",
        85,
        "21CE 9E744663 1001 5D 05 01 01 0000 0000 00000000",
        "1/time=integer 1665561758",
        "1/temperature=number 27.2",
        "1/humidity=number 46.5",
        "1/alarm=integer 5",
        "1/input=truth true");
    // two records of 13 bytes are not three of 8
    assertValues(
        "milesight-em300",
        85,
        "20CE 9E744663 1001 5D 01 01 00000000 20CE 9E744663 1001 5D 02 00 0A000000",
        "1/time=integer 1665561758",
        "1/temperature=number 27.2",
        "1/humidity=number 46.5",
        "1/input=truth true",
        "2/time=integer 1665561758",
        "2/temperature=number 27.2",
        "2/humidity=number 46.5",
        "2/pulses=integer 10");
  }

  /** em300-cl: 2 is a critical level; 83 ed is its alarm. */
  @Test
  void liquidOfEm300() throws PayloadException {
    assertValues(
        "milesight-em300",
        85,
        "017564 03ED01 04EE01",
        "battery=integer 100",
        "liquid=integer 1",
        "calibrated=truth true");
    assertValues("milesight-em300", 85, "83ED0201", "liquid=integer 2", "liquidAlarm=truth true");
  }

  /** A device that joins tells of itself; what it says to a setting is kept by its type. */
  @ParameterizedTest
  @CsvSource({"milesight-em300", "milesight-em500", "milesight-am319", "milesight-uc300"})
  void whatADeviceTellsOfItself(String script) throws PayloadException {
    assertValues(
        script,
        85,
        "FF0BFF FF0101 FF166136C40091605408 FF090310 FF0A0114 FF0F00 FFFF0100 FFFE01",
        "serialNumber=text 6136c40091605408",
        "hardware=text 3.1",
        "firmware=text 1.14",
        "restarted=truth true");
    assertValues(script, 85, "FE035802", "settings.fe03=text 5802");
    assertValues(
        script,
        85,
        "FE17E001 FEFA0102",
        "settings.fe17=text e001",
        "settings.fefa=text 0102",
        "warning: "
            + script
            + ".js says: byte 4: channel and type fefa are not known; the rest is left out");
  }

  /** em500-smtc: ffff is a probe that failed, fffd one out of its range; also in a record. */
  @Test
  void probeOfEm500ThatFails() throws PayloadException {
    assertValues(
        "milesight-em500",
        85,
        "04CAFFFF 057FFDFF",
        "moisture=text NaN",
        "conductivity=text out of range");
    assertValues("milesight-em500", 85, "04CACA08", "moisture=number 22.5");
    assertValues(
        "milesight-em500",
        85,
        "20CE 9E744663 F000 FFFF CA08",
        "1/time=integer 1665561758",
        "1/conductivity=integer 240",
        "1/temperature=text NaN",
        "1/moisture=number 22.5");
    // em500-pp: a pressure is signed
    assertValues("milesight-em500", 85, "037B9CFF", "pressure=integer -100");
  }

  /** em500-pt100, -udl: an alarm's 1 is its release; 83 e9, whose unit nobody tells; ff 1b. */
  @Test
  void alarmsOfEm500() throws PayloadException {
    assertValues(
        "milesight-em500",
        85,
        "83D70A01640001",
        "temperature=number 26.6",
        "temperatureChange=integer 10",
        "temperatureAlarm=truth false");
    assertValues(
        "milesight-em500",
        85,
        "83D70A01640000",
        "temperature=number 26.6",
        "temperatureChange=integer 10",
        "temperatureAlarm=truth true");
    assertValues(
        "milesight-em500",
        85,
        "83E92C01640002 FF1B0164000000 017564",
        "distanceRaw=integer 300",
        "distanceChangeRaw=integer 100",
        "distanceAlarm=truth true",
        "battery=integer 100");
  }

  /** am307, am308, am319: records of 16, 20 and 22 bytes; of channel 21 in micrograms. */
  @Test
  void recordsOfAm300() throws PayloadException {
    String first = "9E744663 1001 BA00 01 02 A803 2500 6627";
    assertValues(
        "milesight-am319",
        85,
        "20CE" + first,
        "1/time=integer 1665561758",
        "1/temperature=number 27.2",
        "1/humidity=integer 93",
        "1/motion=truth true",
        "1/lightLevel=integer 2",
        "1/co2=integer 936",
        "1/airPressure=number 1008.6",
        "1/tvocRaw=integer 37");
    assertValues(
        "milesight-am319",
        85,
        "21CE" + first + "20003000 21CE" + first + "20003000",
        "1/time=integer 1665561758",
        "1/temperature=number 27.2",
        "1/humidity=integer 93",
        "1/motion=truth true",
        "1/lightLevel=integer 2",
        "1/co2=integer 936",
        "1/airPressure=number 1008.6",
        "1/tvoc=integer 37",
        "1/lastRaw=integer 3145760",
        "2/time=integer 1665561758",
        "2/temperature=number 27.2",
        "2/humidity=integer 93",
        "2/motion=truth true",
        "2/lightLevel=integer 2",
        "2/co2=integer 936",
        "2/airPressure=number 1008.6",
        "2/tvoc=integer 37",
        "2/lastRaw=integer 3145760");
    assertValues(
        "milesight-am319",
        85,
        "20CE" + first + "2000 3000 0400",
        "1/time=integer 1665561758",
        "1/temperature=number 27.2",
        "1/humidity=integer 93",
        "1/motion=truth true",
        "1/lightLevel=integer 2",
        "1/co2=integer 936",
        "1/airPressure=number 1008.6",
        "1/tvocRaw=integer 37",
        "1/pm2_5=integer 32",
        "1/pm10=integer 48",
        "1/gasRaw=integer 4");
    assertValues("milesight-am319", 85, "06945E010000", "illuminance=integer 350");
  }

  /** uc300: 20 dc and 20 dd have a mask of what follows; 4e70 is 25.75 as a float of two bytes. */
  @Test
  void recordsOfUc300() throws PayloadException {
    assertValues(
        "milesight-uc300",
        85,
        "20DC 9E744663 5101 0001000000 01 704E 0044004400440044",
        "1/time=integer 1665561758",
        "1/input1=truth true",
        "1/output1=truth true",
        "1/temperature1=number 25.75",
        "1/current1=integer 4",
        "1/current1Max=integer 4",
        "1/current1Min=integer 4",
        "1/current1Mean=integer 4");
    assertValues(
        "milesight-uc300",
        85,
        "20DC 9E744663 0200 010A000000 20DD 9E744663 05000000 030B000000 050000C03F",
        "1/time=integer 1665561758",
        "1/counter2=integer 10",
        "2/time=integer 1665561758",
        "2/modbus.1=integer 11",
        "2/modbus.3=number 1.5");
    assertValues(
        "milesight-uc300",
        85,
        "20DC 9E744663 0080 00",
        "warning: milesight-uc300.js says: byte 0: channel and type 20dc are not known; the rest is left out");
  }

  /** uc300, Modbus types: 8 and 10 are the first register of two, 9 and 11 the second. */
  @Test
  void registersOfUc300() throws PayloadException {
    assertValues(
        "milesight-uc300",
        85,
        "FF19000408 0100FFFF FF19010489 0100FEFF",
        "modbus.1=integer 1",
        "modbus.2=integer -2");
  }

  /** LHT65N 1.5.6: 0a is a TMP117 with a time, 0f, 10 and 20 name the probe. */
  @Test
  void probesOfLht65() throws PayloadException {
    assertValues(
        "dragino-lht65",
        2,
        "0ADD 0B0D C376 0A 60065F97",
        "externalSensor=integer 10",
        "externalTemperature=number 27.81",
        "temperature=number 28.29",
        "humidity=number 88.6",
        "batteryState=text good",
        "time=integer 1611030423");
    assertValues(
        "dragino-lht65",
        2,
        "CBF6 28112233 0F 44556677",
        "externalSensor=integer 15",
        "externalId=text 2811223344556677",
        "batteryVoltage=number 3.062",
        "batteryState=text good");
    assertValues(
        "dragino-lht65",
        2,
        "CBF6 01020304 10 0ADD 0376",
        "externalSensor=integer 16",
        "externalId=text 01020304",
        "externalTemperature=number 27.81",
        "externalHumidity=number 88.6",
        "batteryVoltage=number 3.062",
        "batteryState=text good");
    assertValues(
        "dragino-lht65",
        2,
        "CBF6 01020304 20 0ADD 0506",
        "externalSensor=integer 32",
        "externalId=text 010203040506",
        "externalTemperature=number 27.81",
        "batteryVoltage=number 3.062",
        "batteryState=text good");
    // port 3: several values of one probe; ff6a is -1.5
    assertValues(
        "dragino-lht65",
        3,
        "CBF6 01 0ADD FF6A",
        "batteryVoltage=number 3.062",
        "externalSensor=integer 1",
        "samples.0=number 27.81",
        "samples.1=number -1.5");
  }

  /** LHT65N 1.5.6: the top bit is "came again", in a datalog's form; before, "no sensor". */
  @Test
  void datalogsOfLht65() throws PayloadException {
    assertValues(
        "dragino-lht65",
        2,
        "0ADD 0B0D 0376 81 60065F97",
        "1/time=integer 1611030423",
        "1/temperature=number 28.29",
        "1/humidity=number 88.6",
        "1/externalTemperature=number 27.81");
    assertValues(
        "dragino-lht65",
        2,
        "CBF6 0B0D 0376 81 7FFF7FFF",
        "externalSensor=integer 1",
        "externalConnected=truth false",
        "temperature=number 28.29",
        "humidity=number 88.6",
        "batteryVoltage=number 3.062",
        "batteryState=text good");
    // of an SHT31 a datalog has the temperature alone, of a counter two bytes
    assertValues(
        "dragino-lht65",
        2,
        "0ADD 0B0D 0376 4B 60065F97 0007 0B0D 0376 48 60065F97",
        "1/time=integer 1611030423",
        "1/temperature=number 28.29",
        "1/humidity=number 88.6",
        "1/externalTemperature=number 27.81",
        "2/time=integer 1611030423",
        "2/temperature=number 28.29",
        "2/humidity=number 88.6",
        "2/count=integer 7");
    // "if the device doesn't have any data in the polling time, it will uplink 11 bytes of 0"
    assertValues("dragino-lht65", 2, "0000000000000000000000", "recorded=integer 0");
  }

  @Test
  void countOfLds02() throws PayloadException {
    assertValues(
        "dragino-lds02",
        7,
        "8B88 000025",
        "batteryVoltage=number 2.952",
        "open=truth true",
        "openCount=integer 37");
    assertValues(
        "dragino-lds02",
        10,
        "8B88 05 000025 00003C 01",
        "batteryVoltage=number 2.952",
        "mode=integer 5",
        "warning: dragino-lds02.js says: mode 5 is not known; the rest is left out");
  }

  @Test
  void settingsOfAdeunis() throws PayloadException {
    assertValues(
        "adeunis-pulse",
        1,
        "2021 0101",
        "frame=integer 32",
        "warning: adeunis-pulse.js says: frame 20 holds no measurement");
  }

  /** What another version, model or port sends is named, and read by nobody. */
  @ParameterizedTest
  @CsvSource({
    "dragino-lht65, 2, CBF60B0D03760E0ADD7FFF, external sensor 14 is not known",
    "dragino-lht65, 2, CBF60B0D0376030ADD7FFF, external sensor 3 is not known",
    "dragino-lht65, 5, 1A010001FF0BD0, model 26 is no LHT65",
    "dragino-lse01, 5, 26010001FF0BD0, port 5 is none of the LSE01's",
    "dragino-lds02, 5, 0A010001FF0BD0, port 5 is none of the LDS02's",
    "decentlab-dl-pr26, 1, 02016700073E8060170C7F0000, the flags name sensors that a DL-PR26 has not",
    "decentlab-dl-pr26, 1, 02016700033E8060170C7F0000, the message is longer than a DL-PR26's",
    "decentlab-dl-pr26, 1, 01016700033E8060170C7F, protocol version 1",
    "adeunis-pulse, 1, 482100000000640000003200010002, frame 48 is none of a PULSE 4",
    "adeunis-pulse, 1, 46210000006400000032000100020003, frame 46 has 16 bytes",
    "adeunis-pulse, 1, 5A63000001270001000200, frame 5a has 11 bytes",
  })
  void whatIsOfAnotherVersionIsNamed(String script, int port, String hex, String said) {
    assertThatThrownBy(() -> Scripts.values(Scripts.shipped(script).create(), port, hex))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining(said);
  }
}
