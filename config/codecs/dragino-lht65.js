// Dragino LHT65 and LHT65N. Facts: "LHT65 Temperature & Humidity Sensor User Manual" 2.4 (Uplink
// Payload), pages 12 to 18; wiki.dragino.com, "LHT65N LoRaWAN Temperature & Humidity Sensor Manual"
// 2.4 and 2.6 (device status on port 5, datalog). Big endian.

var BATTERY = ["ultra low", "low", "ok", "good"];
var NO_PROBE = 327.67; // 7FFF

function u16(bytes, at) {
  return (bytes[at] << 8) | bytes[at + 1];
}

function i16(bytes, at) {
  return (bytes[at] << 24 >> 16) | bytes[at + 1];
}

function u32(bytes, at) {
  return u16(bytes, at) * 65536 + u16(bytes, at + 2);
}

function probe(data, bytes, at) {
  var value = i16(bytes, at) / 100;
  if (value !== NO_PROBE) {
    data.externalTemperature = value;
  }
}

/** What the external connector says; at is where its value begins. */
function external(data, bytes, type, at) {
  switch (type) {
    case 1: // E1, E3: DS18B20
    case 2: // TMP117
      probe(data, bytes, at);
      break;
    case 4:
      data.contactLevel = bytes[at] !== 0;
      data.contactChanged = bytes[at + 1] !== 0;
      break;
    case 5:
      data.illuminance = u16(bytes, at);
      break;
    case 6:
      data.externalVoltage = u16(bytes, at) / 1000;
      break;
    case 7:
      data.count = u16(bytes, at);
      break;
    case 11: // E31: SHT31
      probe(data, bytes, at);
      data.externalHumidity = u16(bytes, at + 2) / 10;
      break;
  }
}

function measured(bytes) {
  var type = bytes[6] & 0x0f;
  var data = {
    temperature: i16(bytes, 2) / 100,
    humidity: (u16(bytes, 4) & 0x0fff) / 10,
    externalSensor: type
  };
  if (type === 9) { // the probe stands where the battery else is, and the time behind
    probe(data, bytes, 0);
    data.batteryState = BATTERY[bytes[4] >> 6];
    data.time = u32(bytes, 7);
    return data;
  }
  data.batteryVoltage = (u16(bytes, 0) & 0x3fff) / 1000;
  data.batteryState = BATTERY[bytes[0] >> 6];
  if ((bytes[6] & 0x80) !== 0) {
    data.externalConnected = false;
  } else if (type === 8) {
    data.count = u32(bytes, 7);
  } else {
    external(data, bytes, type, 7);
  }
  return data;
}

/** Records that were asked for: value of the connector, temperature, humidity, type, time. */
function datalog(bytes) {
  var history = [];
  for (var at = 0; at + 11 <= bytes.length; at += 11) {
    var sample = {
      time: u32(bytes, at + 7),
      temperature: i16(bytes, at + 2) / 100,
      humidity: (u16(bytes, at + 4) & 0x0fff) / 10
    };
    var type = bytes[at + 6] & 0x0f;
    external(sample, bytes, type === 9 ? 1 : type, at);
    history.push(sample);
  }
  return { history: history };
}

function status(bytes) {
  return {
    firmware: (bytes[1] & 0x0f) + "." + (bytes[2] >> 4) + "." + (bytes[2] & 0x0f),
    frequencyBand: bytes[3],
    subBand: bytes[4],
    batteryVoltage: u16(bytes, 5) / 1000
  };
}

function decodeUplink(input) {
  var bytes = input.bytes;
  if (input.fPort === 5) {
    return bytes.length < 7 ? { errors: ["a status has 7 bytes"] } : { data: status(bytes) };
  }
  if (input.fPort !== undefined && input.fPort !== 2) {
    return { errors: ["port " + input.fPort + " is none of the LHT65's; it sends on 2 and 5"] };
  }
  if (bytes.length < 11) {
    return { errors: ["an uplink has 11 bytes, not " + bytes.length] };
  }
  return { data: (bytes[6] & 0x40) !== 0 ? datalog(bytes) : measured(bytes) };
}

/** { "interval": seconds }: how often it sends (manual 3.3.1, command 01). */
function encodeDownlink(input) {
  var seconds = input.data.interval;
  if (!(seconds >= 1 && seconds <= 0xffffff)) {
    return { errors: ["write {\"interval\": SECONDS}, 1 to 16777215"] };
  }
  return { bytes: [1, (seconds >> 16) & 0xff, (seconds >> 8) & 0xff, seconds & 0xff], fPort: 2 };
}
