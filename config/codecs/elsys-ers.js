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

/** Bytes of a value; -1: nobody knows. */
function lengthOf(code) {
  switch (code) {
    case 0x02: case 0x05: case 0x0d: case 0x0f: case 0x11: case 0x12: case 0x1a:
      return 1;
    case 0x01: case 0x04: case 0x06: case 0x07: case 0x08: case 0x0a: case 0x0c: case 0x0e:
    case 0x15: case 0x16: case 0x18: case 0x19: case 0x1c:
      return 2;
    case 0x03:
      return 3;
    case 0x0b: case 0x10: case 0x14: case 0x17: case 0x1b:
      return 4;
    case 0x3d: // debug
      return 4;
    case 0x09: // position, of which no table tells the scale
      return 6;
    case 0x13: // heat image
      return 65;
    default:
      return -1;
  }
}

function read(data, code, bytes, at) {
  switch (code) {
    case 0x01:
      data.temperature = i16(bytes, at) / 10;
      break;
    case 0x02:
      data.humidity = bytes[at];
      break;
    case 0x03:
      data.acceleration = { x: i8(bytes, at) / 63, y: i8(bytes, at + 1) / 63, z: i8(bytes, at + 2) / 63 };
      break;
    case 0x04:
      data.illuminance = u16(bytes, at);
      break;
    case 0x05:
      data.motion = bytes[at];
      break;
    case 0x06:
      data.co2 = u16(bytes, at);
      break;
    case 0x07:
      data.batteryVoltage = u16(bytes, at) / 1000;
      break;
    case 0x08:
      data.analog1 = u16(bytes, at) / 1000;
      break;
    case 0x0a:
      data.pulse1 = u16(bytes, at);
      break;
    case 0x0b:
      data.pulse1Total = u32(bytes, at);
      break;
    case 0x0c:
      data.externalTemperature = i16(bytes, at) / 10;
      break;
    case 0x0d:
      data.digital1 = bytes[at];
      break;
    case 0x0e:
      data.distance = u16(bytes, at);
      break;
    case 0x0f:
      data.accelerationMotion = bytes[at];
      break;
    case 0x10:
      data.irInternalTemperature = i16(bytes, at) / 10;
      data.irExternalTemperature = i16(bytes, at + 2) / 10;
      break;
    case 0x11:
      data.occupancy = bytes[at];
      break;
    case 0x12:
      data.leak = bytes[at];
      break;
    case 0x14:
      data.pressure = u32(bytes, at) / 1000;
      break;
    case 0x15:
      data.soundPeak = bytes[at];
      data.soundAverage = bytes[at + 1];
      break;
    case 0x16:
      data.pulse2 = u16(bytes, at);
      break;
    case 0x17:
      data.pulse2Total = u32(bytes, at);
      break;
    case 0x18:
      data.analog2 = u16(bytes, at) / 1000;
      break;
    case 0x19:
      data.externalTemperatures = data.externalTemperatures || []; // one for each further probe
      data.externalTemperatures.push(i16(bytes, at) / 10);
      break;
    case 0x1a:
      data.digital2 = bytes[at];
      break;
    case 0x1b:
      data.analogMicrovolts = u32(bytes, at) | 0;
      break;
    case 0x1c:
      data.tvoc = u16(bytes, at);
      break;
  }
}

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
    var length = lengthOf(code);
    if (length < 0) {
      warnings.push("byte " + (at - 1) + ": type " + code + " is not known; the rest is left out");
      break;
    }
    if (at + length > bytes.length) {
      warnings.push("byte " + (at - 1) + ": type " + code + " is cut off");
      break;
    }
    read(data, code, bytes, at);
    at += length;
  }
  return { data: data, warnings: warnings };
}
