// Milesight EM500 (-CO2, -LGT, -PP, -PT100, -SMTC, -SWL, -UDL). Facts: the tables "Payload
// Definition" and the decoders of github.com/Milesight-IoT/SensorDecoders, em-series/em500-*, and
// "Uplink Data" of milesight.com/products/docs (EM500-PP: ffff is no measurement, fffd is out of range).
// A channel, a type and its value, little endian; an unknown pair ends reading. A record of the past has
// no type: its length tells the model, but for -UDL, -SWL, -PP and -PT100, whose value stays raw. -SMTC
// says ffff and fffd for its temperature, too, which is -0.1 and -0.3 of the others: it stays so.

function u16(bytes, at) {
  return bytes[at] | (bytes[at + 1] << 8);
}

function i16(bytes, at) {
  return (bytes[at + 1] << 24 >> 16) | bytes[at];
}

function u32(bytes, at) {
  return u16(bytes, at + 2) * 65536 + u16(bytes, at);
}

function push(data, sample) {
  data.history = data.history || [];
  data.history.push(sample);
}

/** A level of so many to the unit; the probe says where it has none. */
function level(bytes, at, scale) {
  var value = u16(bytes, at);
  return value === 0xffff ? "NaN" : value === 0xfffd ? "out of range" : value / scale;
}

/** The same, of a pressure, which may be below that of the air. */
function signedLevel(bytes, at) {
  var value = level(bytes, at, 1);
  return value > 0x7fff ? value - 0x10000 : value;
}

/** Of a record of -SMTC alone, by the two values that say that there is none. */
function probeTemperature(bytes, at) {
  var value = level(bytes, at, 1);
  return typeof value === "number" ? i16(bytes, at) / 10 : value;
}

/** A record of the past, by its length. */
function past(bytes, at, length) {
  var sample = { time: u32(bytes, at) };
  switch (length) {
    case 8:
      sample.illuminance = u32(bytes, at + 4);
      break;
    case 10:
      sample.conductivity = level(bytes, at + 4, 1);
      sample.temperature = probeTemperature(bytes, at + 6);
      sample.moisture = level(bytes, at + 8, 100);
      break;
    case 11:
      sample.co2 = u16(bytes, at + 4);
      sample.airPressure = u16(bytes, at + 6) / 10;
      sample.temperature = i16(bytes, at + 8) / 10;
      sample.humidity = bytes[at + 10] / 2;
      break;
    default:
      sample.raw = u16(bytes, at + 4);
  }
  return sample;
}

/** Whether records of that length, each behind 20 ce, fill what is left. */
function fills(bytes, at, length) {
  while (at < bytes.length) {
    if (bytes[at] !== 0x20 || bytes[at + 1] !== 0xce || at + 2 + length > bytes.length) {
      return false;
    }
    at += 2 + length;
  }
  return true;
}

function lengthOfPast(bytes, at) {
  return fills(bytes, at, 6) ? 6 : fills(bytes, at, 8) ? 8 : fills(bytes, at, 10) ? 10 : fills(bytes, at, 11) ? 11 : -1;
}

/** Bytes of a value; -1: nobody knows. Channel ff tells of the device itself. */
function lengthOf(pair, bytes, at) {
  switch (pair) {
    case 0x0175: case 0x0468:
    case 0xff01: case 0xff0b: case 0xff0f: case 0xfffe:
      return 1;
    case 0x0367: case 0x04ca: case 0x057f: case 0x0382: case 0x037b: case 0x0377:
    case 0x057d: case 0x0673:
    case 0xff09: case 0xff0a: case 0xffff:
      return 2;
    case 0x0394:
      return 4;
    case 0x83d7: case 0x83e9:
    case 0xff1b: // range of the probe
      return 5;
    case 0xff16:
      return 8;
    case 0x20ce:
      return lengthOfPast(bytes, at);
    default:
      return bytes[at] >= 0xfe ? lengthOfAnswer(bytes[at + 1], bytes, at + 2) : -1;
  }
}

/** Bytes of an answer to a setting. */
function lengthOfAnswer(type, bytes, at) {
  switch (type) {
    case 0x10: case 0x27: case 0x28: case 0x3b: case 0x4a: case 0x68: case 0x69: case 0x84: case 0xf5:
      return 1;
    case 0x02: case 0x03: case 0x17: case 0x18: case 0x1c: case 0xf2:
      return 2;
    case 0x6a: case 0x87:
      return 3;
    case 0x11: case 0xf1:
      return 4;
    case 0x39:
      return 5;
    case 0x35: case 0x96:
      return 8;
    case 0x06:
      return 9;
    case 0x1a: // calibration of CO2: one by hand has its value
      return bytes[at] === 2 ? 3 : 1;
    default:
      return -1;
  }
}

function read(data, pair, bytes, at, length) {
  switch (pair) {
    case 0x0175:
      data.battery = bytes[at];
      break;
    case 0x0367:
      data.temperature = i16(bytes, at) / 10;
      break;
    case 0x0468:
      data.humidity = bytes[at] / 2; // -SMTC of before 2023: soil moisture
      break;
    case 0x04ca:
      data.moisture = level(bytes, at, 100);
      break;
    case 0x057f:
      data.conductivity = level(bytes, at, 1);
      break;
    case 0x0382:
      data.distance = level(bytes, at, 1);
      break;
    case 0x037b:
      data.pressure = signedLevel(bytes, at);
      break;
    case 0x0377:
      data.depth = level(bytes, at, 1);
      break;
    case 0x0394:
      data.illuminance = u32(bytes, at);
      break;
    case 0x057d:
      data.co2 = u16(bytes, at);
      break;
    case 0x0673:
      data.airPressure = u16(bytes, at) / 10;
      break;
    case 0x83d7:
      data.temperature = i16(bytes, at) / 10;
      data.temperatureChange = i16(bytes, at + 2) / 10;
      data.temperatureAlarm = bytes[at + 4] !== 1; // 0 a limit, 1 its release, 2 a jump
      break;
    case 0x83e9: // no table tells the unit of its distances
      data.distanceAlarm = bytes[at + 4] !== 0;
      data.distanceRaw = u16(bytes, at);
      data.distanceChangeRaw = u16(bytes, at + 2);
      break;
    case 0x20ce:
      push(data, past(bytes, at, length));
      break;
    case 0xff01: case 0xff0b: case 0xff0f: case 0xff1b: case 0xffff:
      break;
    default:
      if (bytes[at - 2] >= 0xfe && !ofItself(data, pair, bytes, at)) {
        answer(data, pair, bytes, at, at + length);
      }
  }
}

function hexOf(bytes, at, end) {
  var text = "";
  for (var i = at; i < end; i++) {
    text += (0x100 + bytes[i]).toString(16).substring(1);
  }
  return text;
}

/** What the device says to a setting: kept as it came, by its channel and type. */
function answer(data, pair, bytes, at, end) {
  data.settings = data.settings || {};
  data.settings[hex(pair)] = hexOf(bytes, at, end);
}

/** What a device tells of itself, behind a join for instance; false where it is none of that. */
function ofItself(data, pair, bytes, at) {
  switch (pair) {
    case 0xff09:
      data.hardware = bytes[at].toString(16) + "." + (bytes[at + 1] >> 4);
      break;
    case 0xff0a:
      data.firmware = bytes[at].toString(16) + "." + bytes[at + 1].toString(16);
      break;
    case 0xff16:
      data.serialNumber = hexOf(bytes, at, at + 8);
      break;
    case 0xfffe:
      data.restarted = true;
      break;
    default:
      return false;
  }
  return true;
}

function hex(pair) {
  return (0x10000 + pair).toString(16).substring(1);
}

function decodeUplink(input) {
  var bytes = input.bytes;
  var data = {};
  var warnings = [];
  var at = 0;
  while (at + 2 <= bytes.length) {
    var pair = (bytes[at] << 8) | bytes[at + 1];
    var length = lengthOf(pair, bytes, at);
    if (length < 0) {
      if (bytes[at] >= 0xfe) {
        answer(data, pair, bytes, at + 2, bytes.length);
      }
      warnings.push("byte " + at + ": channel and type " + hex(pair) + " are not known; the rest is left out");
      break;
    }
    if (at + 2 + length > bytes.length) {
      warnings.push("byte " + at + ": " + hex(pair) + " is cut off");
      break;
    }
    read(data, pair, bytes, at + 2, length);
    at += 2 + length;
  }
  return { data: data, warnings: warnings };
}
