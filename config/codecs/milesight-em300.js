// Milesight EM300 (-TH, -MCS, -SLD, -ZLD, -MLD, -DI, -CL). Facts: the tables "Payload Definition" and
// the decoders of github.com/Milesight-IoT/SensorDecoders, em-series/em300-*, and the user guides of
// milesight.com. A channel, a type and its value, little endian; an unknown pair ends reading, since
// nobody knows its length. Channel 05 00 is the leak of -SLD and the input of -DI.

function u16(bytes, at) {
  return bytes[at] | (bytes[at + 1] << 8);
}

function i16(bytes, at) {
  return (bytes[at + 1] << 24 >> 16) | bytes[at];
}

function u32(bytes, at) {
  return u16(bytes, at + 2) * 65536 + u16(bytes, at);
}

/** IEEE 754, four bytes. */
function f32(bytes, at) {
  var bits = u32(bytes, at);
  var sign = bits >= 0x80000000 ? -1 : 1;
  var exponent = (bits >>> 23) & 0xff;
  var fraction = bits & 0x7fffff;
  if (exponent === 0xff) {
    return fraction === 0 ? sign * Infinity : NaN;
  }
  return exponent === 0
    ? sign * fraction * Math.pow(2, -149)
    : sign * (fraction + 0x800000) * Math.pow(2, exponent - 150);
}

function push(data, sample) {
  data.history = data.history || [];
  data.history.push(sample);
}

function water(data, bytes, at) {
  data.waterFactor = u16(bytes, at) / 10;
  data.pulseFactor = u16(bytes, at + 2) / 10;
  data.water = f32(bytes, at + 4);
}

/** A record of the past; of -DI it is longer: what the input is, 1 a level, 2 a counter. */
function past(bytes, at, length) {
  var sample = {
    time: u32(bytes, at),
    temperature: i16(bytes, at + 4) / 10,
    humidity: bytes[at + 6] / 2
  };
  if (length === 8) {
    sample.state = bytes[at + 7]; // the door, the leak, or reserved
  } else if (length === 13 && bytes[at + 7] === 2) {
    sample.pulses = u32(bytes, at + 9);
  } else if (length === 13) {
    sample.input = bytes[at + 8] !== 0;
  } else {
    sample.alarm = bytes[at + 7]; // 0 none, 1 to 4 of the water, 5 and 6 of the input
    if (bytes[at + 8] === 2) {
      water(sample, bytes, at + 10);
    } else {
      sample.input = bytes[at + 9] !== 0;
    }
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

/** Bytes of a value; -1: nobody knows. Channel ff tells of the device itself. */
function lengthOf(pair, bytes, at) {
  switch (pair) {
    case 0x0175: case 0x0468: case 0x0500: case 0x0600: case 0x03ed: case 0x04ee:
    case 0xff01: case 0xff0b: case 0xff0f: case 0xfffe:
      return 1;
    case 0x0367: case 0x8500: case 0x83ed:
    case 0xff09: case 0xff0a: case 0xffff:
      return 2;
    case 0x05c8:
      return 4;
    case 0x83d7:
      return 5;
    case 0x05e1:
    case 0xff16:
      return 8;
    case 0x85e1:
      return 9;
    case 0x21ce:
      return 18;
    case 0x20ce:
      return fills(bytes, at, 13) ? 13 : fills(bytes, at, 8) ? 8 : -1;
    default:
      return bytes[at] >= 0xfe ? lengthOfAnswer(bytes[at + 1]) : -1;
  }
}

/** Bytes of an answer to a setting; that of 79 differs by the model. */
function lengthOfAnswer(type) {
  switch (type) {
    case 0x10: case 0x27: case 0x28: case 0x4a: case 0x62: case 0x68: case 0x69: case 0x6d: case 0xbe:
    case 0xc3: case 0xd7:
      return 1;
    case 0x02: case 0x03: case 0x17: case 0x4e: case 0xa3: case 0xa4: case 0xc0:
      return 2;
    case 0x6a: case 0x8e: case 0xbb: case 0xea:
      return 3;
    case 0x7e: case 0x92:
      return 5;
    case 0xd6:
      return 6;
    case 0xa1:
      return 7;
    case 0x35:
      return 8;
    case 0x06: case 0xa2: case 0xbf:
      return 9;
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
      data.input = bytes[at] !== 0;
      break;
    case 0x0600:
      data.open = bytes[at] !== 0;
      break;
    case 0x05c8:
      data.pulses = u32(bytes, at);
      break;
    case 0x05e1:
      water(data, bytes, at);
      break;
    case 0x03ed:
      data.liquid = bytes[at]; // 0 not calibrated, 1 full, 2 critical, 255 an error
      break;
    case 0x04ee:
      data.calibrated = bytes[at] === 1;
      break;
    case 0x83ed:
      data.liquid = bytes[at];
      data.liquidAlarm = bytes[at + 1] !== 0;
      break;
    case 0x8500:
      data.input = bytes[at] !== 0;
      data.inputAlarm = bytes[at + 1] !== 0;
      break;
    case 0x85e1:
      water(data, bytes, at);
      data.waterAlarm = bytes[at + 8];
      break;
    case 0x83d7:
      data.temperature = i16(bytes, at) / 10;
      data.temperatureChange = i16(bytes, at + 2) / 10;
      data.temperatureAlarm = bytes[at + 4] !== 1; // 0 a limit, 1 its release, 2 a jump
      break;
    case 0x20ce: case 0x21ce:
      push(data, past(bytes, at, length));
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
