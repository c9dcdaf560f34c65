// Elsys ERS and the vendor's other sensors. Facts: "Elsys LoRa payload" (elsys.se), the table of
// types. Each value is a type and its bytes, big endian; an unknown type ends reading, since nobody
// knows its length.

function u16(bytes, at) {
  return (bytes[at] << 8) | bytes[at + 1];
}

function i16(bytes, at) {
  return (bytes[at] << 24 >> 16) | bytes[at + 1];
}

function u32(bytes, at) {
  return u16(bytes, at) * 65536 + u16(bytes, at + 2);
}

function i8(bytes, at) {
  return bytes[at] << 24 >> 24;
}

function named(name, length, read) {
  return { length: length, read: function (data, bytes, at) { data[name] = read(bytes, at); } };
}

function byte(bytes, at) {
  return bytes[at];
}

function tenth(bytes, at) {
  return i16(bytes, at) / 10;
}

function volts(bytes, at) {
  return u16(bytes, at) / 1000;
}

var TYPES = {
  0x01: named("temperature", 2, tenth),
  0x02: named("humidity", 1, byte),
  0x03: { length: 3, read: function (data, bytes, at) {
    data.acceleration = { x: i8(bytes, at) / 63, y: i8(bytes, at + 1) / 63, z: i8(bytes, at + 2) / 63 };
  } },
  0x04: named("illuminance", 2, u16),
  0x05: named("motion", 1, byte),
  0x06: named("co2", 2, u16),
  0x07: named("batteryVoltage", 2, volts),
  0x08: named("analog1", 2, volts),
  0x0a: named("pulse1", 2, u16),
  0x0b: named("pulse1Total", 4, u32),
  0x0c: named("externalTemperature", 2, tenth),
  0x0d: named("digital1", 1, byte),
  0x0e: named("distance", 2, u16),
  0x0f: named("accelerationMotion", 1, byte),
  0x10: { length: 4, read: function (data, bytes, at) {
    data.irInternalTemperature = tenth(bytes, at);
    data.irExternalTemperature = tenth(bytes, at + 2);
  } },
  0x11: named("occupancy", 1, byte),
  0x12: named("leak", 1, byte),
  0x14: named("pressure", 4, function (bytes, at) { return u32(bytes, at) / 1000; }),
  0x15: { length: 2, read: function (data, bytes, at) {
    data.soundPeak = bytes[at];
    data.soundAverage = bytes[at + 1];
  } },
  0x16: named("pulse2", 2, u16),
  0x17: named("pulse2Total", 4, u32),
  0x18: named("analog2", 2, volts),
  0x19: { length: 2, read: function (data, bytes, at) { // one for each further probe
    data.externalTemperatures = data.externalTemperatures || [];
    data.externalTemperatures.push(tenth(bytes, at));
  } },
  0x1a: named("digital2", 1, byte),
  0x1b: named("analogMicrovolts", 4, function (bytes, at) { return u32(bytes, at) | 0; }),
  0x1c: named("tvoc", 2, u16)
};

/** Types that carry no measurement: position without a known scale, heat image, settings, debug. */
var SKIPPED = { 0x09: 6, 0x13: 65, 0x3d: 4 };

function decodeUplink(input) {
  var bytes = input.bytes;
  var data = {};
  var warnings = [];
  var at = 0;
  while (at < bytes.length) {
    var code = bytes[at++];
    if (code === 0x3e) {
      break; // settings, to the end
    }
    var type = TYPES[code];
    var length = type ? type.length : SKIPPED[code];
    if (length === undefined) {
      warnings.push("byte " + (at - 1) + ": type " + code + " is not known; the rest is left out");
      break;
    }
    if (at + length > bytes.length) {
      warnings.push("byte " + (at - 1) + ": type " + code + " is cut off");
      break;
    }
    if (type) {
      type.read(data, bytes, at);
    }
    at += length;
  }
  return { data: data, warnings: warnings };
}
