// Milesight EM300 (-TH, -MCS, -SLD, -ZLD, -MLD, -DI). Facts: the tables "Payload Definition" of
// github.com/Milesight-IoT/SensorDecoders, EM_Series/EM300_Series, and the user guides of
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

function item(name, length, read) {
  return { length: length, read: function (data, bytes, at) { data[name] = read(bytes, at); } };
}

function byte(bytes, at) {
  return bytes[at];
}

function flag(bytes, at) {
  return bytes[at] !== 0;
}

function tenth(bytes, at) {
  return i16(bytes, at) / 10;
}

function half(bytes, at) {
  return bytes[at] / 2;
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

var ITEMS = {
  "0175": item("battery", 1, byte),
  "0367": item("temperature", 2, tenth),
  "0468": item("humidity", 1, half),
  "0500": item("input", 1, flag),
  "0600": item("open", 1, flag),
  "05c8": item("pulses", 4, u32),
  "06e1": { length: 8, read: water },
  "8500": { length: 2, read: function (data, bytes, at) {
    data.input = bytes[at] !== 0;
    data.inputAlarm = bytes[at + 1] !== 0;
  } },
  "86e1": { length: 9, read: function (data, bytes, at) {
    water(data, bytes, at);
    data.waterAlarm = bytes[at + 8];
  } },
  "83d7": { length: 5, read: function (data, bytes, at) {
    data.temperature = tenth(bytes, at);
    data.temperatureChange = tenth(bytes, at + 2);
    data.temperatureAlarm = bytes[at + 4] !== 0;
  } },
  "20ce": { length: 8, read: past },
  "21ce": { length: 18, read: pastWater },
  "ff01": { length: 1 }, // protocol, hardware, firmware, power on, class, serial number, TSL version
  "ff09": { length: 2 },
  "ff0a": { length: 2 },
  "ff0b": { length: 1 },
  "ff0f": { length: 1 },
  "ff16": { length: 8 },
  "ffff": { length: 2 }
};

/** Of -TH, -MCS and -SLD: the last byte is reserved, the door or the leak. */
function past(data, bytes, at) {
  push(data, {
    time: u32(bytes, at),
    temperature: tenth(bytes, at + 4),
    humidity: half(bytes, at + 6),
    state: bytes[at + 7]
  });
}

/** Of -DI: what the input is, 1 a level, 2 a counter. */
function pastInput(data, bytes, at) {
  var sample = {
    time: u32(bytes, at),
    temperature: tenth(bytes, at + 4),
    humidity: half(bytes, at + 6)
  };
  if (bytes[at + 7] === 2) {
    sample.pulses = u32(bytes, at + 9);
  } else {
    sample.input = bytes[at + 8] !== 0;
  }
  push(data, sample);
}

function pastWater(data, bytes, at) {
  var sample = {
    time: u32(bytes, at),
    temperature: tenth(bytes, at + 4),
    humidity: half(bytes, at + 6)
  };
  if (bytes[at + 8] === 2) {
    water(sample, bytes, at + 10);
  } else {
    sample.input = bytes[at + 9] !== 0;
  }
  push(data, sample);
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

function hex(value) {
  return (value < 16 ? "0" : "") + value.toString(16);
}

function decodeUplink(input) {
  var bytes = input.bytes;
  var data = {};
  var warnings = [];
  var at = 0;
  while (at + 2 <= bytes.length) {
    var name = hex(bytes[at]) + hex(bytes[at + 1]);
    var found = ITEMS[name];
    if (found === undefined) {
      warnings.push("byte " + at + ": channel and type " + name + " are not known; the rest is left out");
      break;
    }
    if (name === "20ce" && fills(bytes, at, 13)) {
      found = { length: 13, read: pastInput };
    }
    if (at + 2 + found.length > bytes.length) {
      warnings.push("byte " + at + ": " + name + " is cut off");
      break;
    }
    if (found.read) {
      found.read(data, bytes, at + 2);
    }
    at += 2 + found.length;
  }
  return { data: data, warnings: warnings };
}
