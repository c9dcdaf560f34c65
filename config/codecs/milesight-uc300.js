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

function hundredth(bytes, at) {
  return u32(bytes, at) / 100;
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
function statistics(name, read) {
  return { length: 8, read: function (data, bytes, at) {
    data[name] = read(bytes, at);
    data[name + "Max"] = read(bytes, at + 2);
    data[name + "Min"] = read(bytes, at + 4);
    data[name + "Mean"] = read(bytes, at + 6);
  } };
}

var ITEMS = {
  "0300": item("input1", 1, flag),
  "0400": item("input2", 1, flag),
  "0500": item("input3", 1, flag),
  "0600": item("input4", 1, flag),
  "03c8": item("counter1", 4, u32),
  "04c8": item("counter2", 4, u32),
  "05c8": item("counter3", 4, u32),
  "06c8": item("counter4", 4, u32),
  "0701": item("output1", 1, flag),
  "0801": item("output2", 1, flag),
  "0967": item("temperature1", 2, tenth),
  "0a67": item("temperature2", 2, tenth),
  "0b02": item("current1", 4, hundredth),
  "0c02": item("current2", 4, hundredth),
  "0d02": item("voltage1", 4, hundredth),
  "0e02": item("voltage2", 4, hundredth),
  "09e2": statistics("temperature1", f16),
  "0ae2": statistics("temperature2", f16),
  "0be2": statistics("current1", f16),
  "0ce2": statistics("current2", f16),
  "0de2": statistics("voltage1", f16),
  "0ee2": statistics("voltage2", f16),
  "ff15": { length: 1, read: function (data, bytes, at) {
    data.modbusErrors = data.modbusErrors || [];
    data.modbusErrors.push(bytes[at] + 1);
  } },
  "ff01": { length: 1 }, // protocol, hardware, firmware, power on, class, serial number, TSL version
  "ff09": { length: 2 },
  "ff0a": { length: 2 },
  "ff0b": { length: 1 },
  "ff0f": { length: 1 },
  "ff16": { length: 8 },
  "ffff": { length: 2 }
};

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
    var isModbus = name === "ff19" && at + 5 <= bytes.length;
    if (found === undefined && !isModbus) {
      warnings.push("byte " + at + ": channel and type " + name + " are not known; the rest is left out");
      break;
    }
    var length = isModbus ? 3 + bytes[at + 3] : found.length;
    if (at + 2 + length > bytes.length) {
      warnings.push("byte " + at + ": " + name + " is cut off");
      break;
    }
    if (isModbus) {
      var value = modbusValue(bytes, at + 5, bytes[at + 3], bytes[at + 4]);
      data.modbus = data.modbus || {};
      data.modbus[bytes[at + 2] + 1] = value;
      if (value === undefined) {
        warnings.push("byte " + at + ": a Modbus value of " + bytes[at + 3] + " bytes is not known");
      }
    } else if (found.read) {
      found.read(data, bytes, at + 2);
    }
    at += 2 + length;
  }
  return { data: data, warnings: warnings };
}
