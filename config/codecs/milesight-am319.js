// Milesight AM319, AM308 and AM307. Facts: the tables "Payload Definition" and the decoders of
// github.com/Milesight-IoT/SensorDecoders, am-series/am307, am308, am319-*, am300-v2, and the user guide
// of milesight.com. A channel, a type and its value, little endian; an unknown pair ends reading. Type 7d
// of channel 08 is an index (of 100), type e6 the same in micrograms: firmware 2 sends both under one
// name, we do not. A record of the past is of 16 bytes (AM307), 20 (AM308, and AM307 with a light
// sensor: what its last four bytes are, nothing tells) or 22 (AM319).

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

/** A record of the past; of channel 21 it has micrograms. */
function past(bytes, at, length, channel) {
  var sample = {
    time: u32(bytes, at),
    temperature: i16(bytes, at + 4) / 10,
    humidity: u16(bytes, at + 6) / 2,
    motion: bytes[at + 8] !== 0,
    lightLevel: bytes[at + 9],
    co2: u16(bytes, at + 10),
    airPressure: u16(bytes, at + 14) / 10
  };
  sample[channel === 0x21 ? "tvoc" : "tvocRaw"] = u16(bytes, at + 12);
  if (length === 20) {
    sample.lastRaw = u32(bytes, at + 16);
  } else if (length === 22) {
    sample.pm2_5 = u16(bytes, at + 16);
    sample.pm10 = u16(bytes, at + 18);
    sample.gasRaw = u16(bytes, at + 20); // of the model's last sensor: formaldehyde or ozone
  }
  return sample;
}

/** Whether records of that length, each behind the same two bytes, fill what is left. */
function fills(bytes, at, length) {
  var channel = bytes[at];
  while (at < bytes.length) {
    if (bytes[at] !== channel || bytes[at + 1] !== 0xce || at + 2 + length > bytes.length) {
      return false;
    }
    at += 2 + length;
  }
  return true;
}

function lengthOfPast(bytes, at) {
  return fills(bytes, at, 22) ? 22 : fills(bytes, at, 20) ? 20 : fills(bytes, at, 16) ? 16 : -1;
}

/** Bytes of a value; -1: nobody knows. Channel ff tells of the device itself. */
function lengthOf(pair, bytes, at) {
  switch (pair) {
    case 0x0175: case 0x0468: case 0x0500: case 0x06cb: case 0x0e01:
    case 0xff01: case 0xff0b: case 0xff0f: case 0xfffe:
      return 1;
    case 0x0367: case 0x077d: case 0x087d: case 0x08e6: case 0x0973: case 0x0a7d:
    case 0x0b7d: case 0x0c7d: case 0x0d7d:
    case 0xff09: case 0xff0a: case 0xffff:
      return 2;
    case 0x0694:
      return 4;
    case 0x20ce: case 0x21ce:
      return lengthOfPast(bytes, at);
    case 0xff16:
      return 8;
    default:
      return bytes[at] >= 0xfe ? lengthOfAnswer(bytes[at + 1], bytes, at + 2) : -1;
  }
}

/** Bytes of an answer to a setting; those of 39 and f0 differ by the firmware. */
function lengthOfAnswer(type, bytes, at) {
  switch (type) {
    case 0x10: case 0x25: case 0x27: case 0x2c: case 0x2d: case 0x2e: case 0x2f: case 0x3b: case 0x3c:
    case 0x3d: case 0x3e: case 0x66: case 0x68: case 0x69: case 0x6d: case 0xeb: case 0xf4:
      return 1;
    case 0x03: case 0x17: case 0x3a: case 0x65:
      return 2;
    case 0x6a:
      return 3;
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
      data.humidity = bytes[at] / 2;
      break;
    case 0x0500:
      data.motion = bytes[at] !== 0;
      break;
    case 0x06cb:
      data.lightLevel = bytes[at];
      break;
    case 0x0694:
      data.illuminance = u32(bytes, at);
      break;
    case 0x077d:
      data.co2 = u16(bytes, at);
      break;
    case 0x087d:
      data.tvocIndex = u16(bytes, at) / 100;
      break;
    case 0x08e6:
      data.tvoc = u16(bytes, at);
      break;
    case 0x0973:
      data.airPressure = u16(bytes, at) / 10;
      break;
    case 0x0a7d:
      data.formaldehyde = u16(bytes, at) / 100;
      break;
    case 0x0b7d:
      data.pm2_5 = u16(bytes, at);
      break;
    case 0x0c7d:
      data.pm10 = u16(bytes, at);
      break;
    case 0x0d7d:
      data.ozone = u16(bytes, at) / 100;
      break;
    case 0x0e01:
      data.buzzer = bytes[at] !== 0;
      break;
    case 0x20ce: case 0x21ce:
      push(data, past(bytes, at, length, bytes[at - 2]));
      break;
    case 0xff01: case 0xff0b: case 0xff0f: case 0xffff:
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
