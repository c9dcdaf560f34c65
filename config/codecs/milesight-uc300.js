// Milesight UC300, inputs, outputs and Modbus. Facts: the table "Payload Definition" and the decoder of
// github.com/Milesight-IoT/SensorDecoders, uc-series/uc300. A channel, a type and its value, little
// endian; an unknown pair ends reading (a message of one's own is bare text). modbus.N is the channel N
// of the device's own set-up, from 1.

function u16(bytes, at) {
  return bytes[at] | (bytes[at + 1] << 8);
}

function i16(bytes, at) {
  return (bytes[at + 1] << 24 >> 16) | bytes[at];
}

function u32(bytes, at) {
  return u16(bytes, at + 2) * 65536 + u16(bytes, at);
}

/** IEEE 754, two bytes. */
function f16(bytes, at) {
  var bits = u16(bytes, at);
  var sign = bits >> 15 === 1 ? -1 : 1;
  var exponent = bits >> 10 & 0x1f;
  var fraction = bits & 0x3ff;
  if (exponent === 0x1f) {
    return fraction === 0 ? sign * Infinity : NaN;
  }
  return exponent === 0
    ? sign * fraction * Math.pow(2, -24)
    : sign * (fraction + 1024) * Math.pow(2, exponent - 25);
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

/** Value now, largest, smallest and mean of the period. */
function statistics(data, name, bytes, at) {
  data[name] = f16(bytes, at);
  data[name + "Max"] = f16(bytes, at + 2);
  data[name + "Min"] = f16(bytes, at + 4);
  data[name + "Mean"] = f16(bytes, at + 6);
}

/** Signed where the type's top bit says so. */
function modbusValue(bytes, at, size, type) {
  var kind = type & 0x7f;
  if (kind === 5 || kind === 7) {
    return size === 4 ? f32(bytes, at) : undefined;
  }
  if (kind >= 8 && kind <= 11 && size === 4) { // one half of two registers
    return modbusValue(bytes, kind % 2 === 0 ? at : at + 2, 2, (type & 0x80) | 2);
  }
  var value = size === 1 ? bytes[at] : size === 2 ? u16(bytes, at) : size === 4 ? u32(bytes, at) : undefined;
  var top = Math.pow(2, 8 * size - 1);
  return value !== undefined && (type & 0x80) !== 0 && value >= top ? value - 2 * top : value;
}

function modbus(data, bytes, at) {
  data.modbus = data.modbus || {};
  data.modbus[bytes[at] + 1] = modbusValue(bytes, at + 3, bytes[at + 1], bytes[at + 2]);
}

/** Bytes of a value in the past, of the channel that a bit of the mask names; -1: nobody knows. */
function lengthOfPast(channel) {
  return channel < 4 ? 5 : channel < 6 ? 1 : channel < 8 ? 2 : channel < 12 ? 8 : channel === 12 ? 48 : -1;
}

/** Bytes of a record of the past. */
function lengthOfRecord(bytes, at) {
  var mask = u16(bytes, at + 4);
  var length = 6;
  for (var channel = 0; channel < 16; channel++) {
    if ((mask >> channel & 1) === 1) {
      if (lengthOfPast(channel) < 0) {
        return -1;
      }
      length += lengthOfPast(channel);
    }
  }
  return length;
}

/** A record of inputs and outputs: the time, a mask of what it has, and each. */
function record(bytes, at) {
  var sample = { time: u32(bytes, at) };
  var mask = u16(bytes, at + 4);
  at += 6;
  for (var channel = 0; channel < 12; channel++) {
    if ((mask >> channel & 1) === 0) {
      continue;
    }
    if (channel < 4 && bytes[at] === 0) {
      sample["input" + (channel + 1)] = u32(bytes, at + 1) !== 0;
    } else if (channel < 4) {
      sample["counter" + (channel + 1)] = u32(bytes, at + 1);
    } else if (channel < 6) {
      sample["output" + (channel - 3)] = bytes[at] !== 0;
    } else if (channel < 8) {
      sample["temperature" + (channel - 5)] = f16(bytes, at);
    } else if (channel < 10) {
      statistics(sample, "current" + (channel - 7), bytes, at);
    } else {
      statistics(sample, "voltage" + (channel - 9), bytes, at);
    }
    at += lengthOfPast(channel);
  }
  return sample;
}

/** Bytes of values of a type. */
function sizeOf(type) {
  var kind = type & 0x7f;
  return kind < 2 ? 1 : kind < 4 ? 2 : 4;
}

/** Bytes of a record of Modbus. */
function lengthOfModbusRecord(bytes, at) {
  var length = 8;
  for (var mask = u32(bytes, at + 4); mask >= 1; mask = Math.floor(mask / 2)) {
    length += mask % 2 === 1 ? 5 : 0;
  }
  return length;
}

/** A record of Modbus: the time, a mask of the channels, of each the type and four bytes. */
function modbusRecord(bytes, at) {
  var sample = { time: u32(bytes, at), modbus: {} };
  var mask = u32(bytes, at + 4);
  at += 8;
  for (var channel = 1; mask >= 1; channel++) {
    if (mask % 2 === 1) {
      sample.modbus[channel] = modbusValue(bytes, at + 1, sizeOf(bytes[at]), bytes[at]);
      at += 5;
    }
    mask = Math.floor(mask / 2);
  }
  return sample;
}

function push(data, sample) {
  data.history = data.history || [];
  data.history.push(sample);
}

/** Bytes of a value; -1: nobody knows. Channel ff tells of the device itself. */
function lengthOf(pair, bytes, at) {
  switch (pair) {
    case 0x0300: case 0x0400: case 0x0500: case 0x0600: case 0x0701: case 0x0801:
    case 0xff15:
    case 0xff01: case 0xff0b: case 0xff0f: case 0xfffe:
      return 1;
    case 0x0967: case 0x0a67:
    case 0xff09: case 0xff0a: case 0xffff:
      return 2;
    case 0x03c8: case 0x04c8: case 0x05c8: case 0x06c8: case 0x0b02: case 0x0c02:
    case 0x0d02: case 0x0e02:
      return 4;
    case 0x09e2: case 0x0ae2: case 0x0be2: case 0x0ce2: case 0x0de2: case 0x0ee2:
    case 0xff16:
      return 8;
    case 0xff19: // its length is its second byte
      return 3 + bytes[at + 3];
    case 0x20dc:
      return lengthOfRecord(bytes, at + 2);
    case 0x20dd:
      return lengthOfModbusRecord(bytes, at + 2);
    default:
      return bytes[at] >= 0xfe ? lengthOfAnswer(bytes[at + 1]) : -1;
  }
}

/** Bytes of an answer to a setting. */
function lengthOfAnswer(type) {
  switch (type) {
    case 0x02: case 0x03: case 0x17:
      return 2;
    case 0x11:
      return 4;
    case 0x91:
      return 5;
    case 0x92: case 0x93:
      return 6;
    default:
      return -1;
  }
}

function read(data, pair, bytes, at, length) {
  switch (pair) {
    case 0x0300:
      data.input1 = bytes[at] !== 0;
      break;
    case 0x0400:
      data.input2 = bytes[at] !== 0;
      break;
    case 0x0500:
      data.input3 = bytes[at] !== 0;
      break;
    case 0x0600:
      data.input4 = bytes[at] !== 0;
      break;
    case 0x03c8:
      data.counter1 = u32(bytes, at);
      break;
    case 0x04c8:
      data.counter2 = u32(bytes, at);
      break;
    case 0x05c8:
      data.counter3 = u32(bytes, at);
      break;
    case 0x06c8:
      data.counter4 = u32(bytes, at);
      break;
    case 0x0701:
      data.output1 = bytes[at] !== 0;
      break;
    case 0x0801:
      data.output2 = bytes[at] !== 0;
      break;
    case 0x0967:
      data.temperature1 = i16(bytes, at) / 10;
      break;
    case 0x0a67:
      data.temperature2 = i16(bytes, at) / 10;
      break;
    case 0x0b02:
      data.current1 = u32(bytes, at) / 100;
      break;
    case 0x0c02:
      data.current2 = u32(bytes, at) / 100;
      break;
    case 0x0d02:
      data.voltage1 = u32(bytes, at) / 100;
      break;
    case 0x0e02:
      data.voltage2 = u32(bytes, at) / 100;
      break;
    case 0x09e2:
      statistics(data, "temperature1", bytes, at);
      break;
    case 0x0ae2:
      statistics(data, "temperature2", bytes, at);
      break;
    case 0x0be2:
      statistics(data, "current1", bytes, at);
      break;
    case 0x0ce2:
      statistics(data, "current2", bytes, at);
      break;
    case 0x0de2:
      statistics(data, "voltage1", bytes, at);
      break;
    case 0x0ee2:
      statistics(data, "voltage2", bytes, at);
      break;
    case 0xff15:
      data.modbusErrors = data.modbusErrors || [];
      data.modbusErrors.push(bytes[at] + 1);
      break;
    case 0xff19:
      modbus(data, bytes, at);
      break;
    case 0x20dc:
      push(data, record(bytes, at));
      break;
    case 0x20dd:
      push(data, modbusRecord(bytes, at));
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
    if (!(at + 2 + length <= bytes.length)) {
      warnings.push("byte " + at + ": " + hex(pair) + " is cut off");
      break;
    }
    read(data, pair, bytes, at + 2, length);
    if (pair === 0xff19 && data.modbus[bytes[at + 2] + 1] === undefined) {
      warnings.push("byte " + at + ": a Modbus value of " + bytes[at + 3] + " bytes is not known");
    }
    at += 2 + length;
  }
  return { data: data, warnings: warnings };
}
