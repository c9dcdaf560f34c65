// Milesight AM319, AM308 and AM307. Facts: the table "Payload Definition" of
// github.com/Milesight-IoT/SensorDecoders, AM_Series/AM300_v2, and the user guide of milesight.com. A
// channel, a type and its value, little endian; an unknown pair ends reading. Type 7d of channel 08 is
// an index (of 100), type e6 the same in micrograms: firmware 2 sends both under one name, we do not.

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

function hundredth(bytes, at) {
  return u16(bytes, at) / 100;
}

function airPressure(bytes, at) {
  return u16(bytes, at) / 10;
}

/** Of AM319, whose records hold everything. */
function past(data, bytes, at) {
  push(data, {
    time: u32(bytes, at),
    temperature: tenth(bytes, at + 4),
    humidity: u16(bytes, at + 6) / 2,
    motion: bytes[at + 8] !== 0,
    lightLevel: bytes[at + 9],
    co2: u16(bytes, at + 10),
    tvocRaw: u16(bytes, at + 12),
    airPressure: airPressure(bytes, at + 14),
    pm2_5: u16(bytes, at + 16),
    pm10: u16(bytes, at + 18),
    gasRaw: u16(bytes, at + 20) // of the model's last sensor: formaldehyde or ozone
  });
}

var ITEMS = {
  "0175": item("battery", 1, byte),
  "0367": item("temperature", 2, tenth),
  "0468": item("humidity", 1, half),
  "0500": item("motion", 1, flag),
  "06cb": item("lightLevel", 1, byte),
  "077d": item("co2", 2, u16),
  "087d": item("tvocIndex", 2, hundredth),
  "08e6": item("tvoc", 2, u16),
  "0973": item("airPressure", 2, airPressure),
  "0a7d": item("formaldehyde", 2, hundredth),
  "0b7d": item("pm2_5", 2, u16),
  "0c7d": item("pm10", 2, u16),
  "0d7d": item("ozone", 2, hundredth),
  "0e01": item("buzzer", 1, flag),
  "20ce": { length: 22, read: past },
  "ff01": { length: 1 }, // protocol, hardware, firmware, power on, class, serial number, TSL version
  "ff09": { length: 2 },
  "ff0a": { length: 2 },
  "ff0b": { length: 1 },
  "ff0f": { length: 1 },
  "ff16": { length: 8 },
  "ffff": { length: 2 }
};

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
    var item = ITEMS[name];
    if (item === undefined) {
      warnings.push("byte " + at + ": channel and type " + name + " are not known; the rest is left out");
      break;
    }
    var length = item.length;
    if (at + 2 + length > bytes.length) {
      warnings.push("byte " + at + ": " + name + " is cut off");
      break;
    }
    if (item.read) {
      item.read(data, bytes, at + 2);
    }
    at += 2 + length;
  }
  return { data: data, warnings: warnings };
}
