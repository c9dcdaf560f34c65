// Milesight UC300, inputs, outputs and Modbus. Facts: the table "Payload Definition" of
// github.com/Milesight-IoT/SensorDecoders, UC_Series/UC300. A channel, a type and its value, little
// endian; an unknown pair ends reading. modbus.N is the channel N of the device's own set-up, from 1.

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
  var value = size === 1 ? bytes[at] : size === 2 ? u16(bytes, at) : size === 4 ? u32(bytes, at) : undefined;
  var top = Math.pow(2, 8 * size - 1);
  return value !== undefined && (type & 0x80) !== 0 && value >= top ? value - 2 * top : value;
}

function modbus(data, bytes, at) {
  data.modbus = data.modbus || {};
  data.modbus[bytes[at] + 1] = modbusValue(bytes, at + 3, bytes[at + 1], bytes[at + 2]);
}

/** Bytes of a value; -1: nobody knows. Channel ff tells of the device itself. */
function lengthOf(pair, bytes, at) {
  switch (pair) {
    case 0x0300: case 0x0400: case 0x0500: case 0x0600: case 0x0701: case 0x0801:
    case 0xff15:
    case 0xff01: case 0xff0b: case 0xff0f:
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
    default:
      return -1;
  }
}

function read(data, pair, bytes, at) {
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
  }
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
      warnings.push("byte " + at + ": channel and type " + hex(pair) + " are not known; the rest is left out");
      break;
    }
    if (!(at + 2 + length <= bytes.length)) {
      warnings.push("byte " + at + ": " + hex(pair) + " is cut off");
      break;
    }
    read(data, pair, bytes, at + 2);
    if (pair === 0xff19 && data.modbus[bytes[at + 2] + 1] === undefined) {
      warnings.push("byte " + at + ": a Modbus value of " + bytes[at + 3] + " bytes is not known");
    }
    at += 2 + length;
  }
  return { data: data, warnings: warnings };
}
