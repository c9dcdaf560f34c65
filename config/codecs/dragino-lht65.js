// Dragino LHT65 and LHT65N. Facts: "LHT65 Temperature & Humidity Sensor User Manual" 2.4 (Uplink
// Payload), pages 12 to 18, and 2.6.4 (datalog); wiki.dragino.com, "LHT65N LoRaWAN Temperature &
// Humidity Sensor Manual" 2.4 and 2.6; github.com/dragino/dragino-end-node-decoder, LHT65N, version
// 1.5.6 (the types a, e, f, 10, 20; ports 3 and 5; what comes again). Big endian.

var BATTERY = ["ultra low", "low", "ok", "good"];
var NO_PROBE = 327.67; // 7FFF

/** What may stand in the external sensor's byte of an uplink; one of another type has another form. */
var KNOWN = [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 15, 0x10, 0x20];

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

function hex(bytes, from, to) {
  var text = "";
  for (var at = from; at < to; at++) {
    text += (0x100 + bytes[at]).toString(16).substring(1);
  }
  return text;
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
    case 8:
      data.count = u32(bytes, at);
      break;
    case 11: // E31: SHT31
      probe(data, bytes, at);
      data.externalHumidity = (u16(bytes, at + 2) & 0x0fff) / 10;
      break;
  }
}

/** A frame that names its probe, where the built-in sensor's values else are. */
function identity(data, bytes, type) {
  data.externalId = hex(bytes, 2, 6);
  if (type === 15) { // DS18B20
    data.externalId += hex(bytes, 7, 11);
    return data;
  }
  probe(data, bytes, 7);
  if (type === 0x10) { // SHT31
    data.externalHumidity = (u16(bytes, 9) & 0x0fff) / 10;
  } else { // TMP117
    data.externalId += hex(bytes, 9, 11);
  }
  return data;
}

function measured(bytes) {
  var type = bytes[6] & 0x3f;
  var data = { externalSensor: type };
  if (type !== 9 && type !== 10) {
    data.batteryVoltage = (u16(bytes, 0) & 0x3fff) / 1000;
    data.batteryState = BATTERY[bytes[0] >> 6];
  }
  if (type === 15 || type === 0x10 || type === 0x20) {
    return identity(data, bytes, type);
  }
  data.temperature = i16(bytes, 2) / 100;
  data.humidity = (u16(bytes, 4) & 0x0fff) / 10;
  if (type === 9 || type === 10) { // the probe stands where the battery else is, and the time behind
    probe(data, bytes, 0);
    data.batteryState = BATTERY[bytes[4] >> 6];
    data.time = u32(bytes, 7);
    return data;
  }
  if ((bytes[6] & 0x80) !== 0) {
    data.externalConnected = false;
  } else {
    external(data, bytes, type, 7);
  }
  return data;
}

/** The types whose first two bytes a datalog has in another form than an uplink. */
var LOGGED = { 8: 7, 9: 1, 10: 1, 11: 1, 12: 1, 14: 7 };

/** Records that were asked for, or come again: value of the connector, temperature, humidity, type, time. */
function datalog(bytes) {
  var history = [];
  for (var at = 0; at + 11 <= bytes.length; at += 11) {
    var sample = {
      time: u32(bytes, at + 7),
      temperature: i16(bytes, at + 2) / 100,
      humidity: (u16(bytes, at + 4) & 0x0fff) / 10
    };
    var type = bytes[at + 6] & 0x0f;
    external(sample, bytes, LOGGED[type] || type, at);
    history.push(sample);
  }
  return { history: history };
}

/** Whether the top bit says "came again", as since 1.5, and not "no sensor": then a time stands there. */
function comesAgain(bytes) {
  var time = u32(bytes, 7);
  return (bytes[6] & 0x80) !== 0 && time >= 1514764800 && time < 0x7fff0000;
}

/** Several values of a probe, of one uplink (port 3). */
function sampled(bytes) {
  var data = { batteryVoltage: (u16(bytes, 0) & 0x3fff) / 1000, externalSensor: bytes[2], samples: [] };
  for (var at = 3; at + 2 <= bytes.length; at += 2) {
    data.samples.push(i16(bytes, at) / 100);
  }
  return data;
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
    if (bytes.length < 7) {
      return { errors: ["a status has 7 bytes"] };
    }
    return bytes[0] === 0x0b ? { data: status(bytes) } : { errors: ["model " + bytes[0] + " is no LHT65"] };
  }
  if (input.fPort === 3) {
    return bytes.length < 5 ? { errors: ["several values have 5 bytes at least"] } : { data: sampled(bytes) };
  }
  if (input.fPort !== undefined && input.fPort !== 2) {
    return { errors: ["port " + input.fPort + " is none of the LHT65's; it sends on 2, 3 and 5"] };
  }
  if (bytes.length < 11) {
    return { errors: ["an uplink has 11 bytes, not " + bytes.length] };
  }
  if (/^0*$/.test(hex(bytes, 0, bytes.length))) {
    return { data: { recorded: 0 } }; // the answer to a poll of a time with no records
  }
  if ((bytes[6] & 0x40) !== 0 || comesAgain(bytes)) {
    return { data: datalog(bytes) };
  }
  var type = bytes[6] & 0x3f;
  if (KNOWN.indexOf(type) < 0) {
    return { errors: ["external sensor " + type + " is not known; nobody knows the form of its frame"] };
  }
  return { data: measured(bytes) };
}

/** { "interval": seconds }: how often it sends (manual 3.3.1, command 01). */
function encodeDownlink(input) {
  var seconds = input.data.interval;
  if (!(seconds >= 1 && seconds <= 0xffffff)) {
    return { errors: ["write {\"interval\": SECONDS}, 1 to 16777215"] };
  }
  return { bytes: [1, (seconds >> 16) & 0xff, (seconds >> 8) & 0xff, seconds & 0xff], fPort: 2 };
}
