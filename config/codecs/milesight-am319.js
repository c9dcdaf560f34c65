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

function push(data, sample) {
  data.history = data.history || [];
  data.history.push(sample);
}

/** Of AM319, whose records hold everything. */
function past(bytes, at) {
  return {
    time: u32(bytes, at),
    temperature: i16(bytes, at + 4) / 10,
    humidity: u16(bytes, at + 6) / 2,
    motion: bytes[at + 8] !== 0,
    lightLevel: bytes[at + 9],
    co2: u16(bytes, at + 10),
    tvocRaw: u16(bytes, at + 12),
    airPressure: u16(bytes, at + 14) / 10,
    pm2_5: u16(bytes, at + 16),
    pm10: u16(bytes, at + 18),
    gasRaw: u16(bytes, at + 20) // of the model's last sensor: formaldehyde or ozone
  };
}

/** Bytes of a value; -1: nobody knows. Channel ff tells of the device itself. */
function lengthOf(pair) {
  switch (pair) {
    case 0x0175: case 0x0468: case 0x0500: case 0x06cb: case 0x0e01:
    case 0xff01: case 0xff0b: case 0xff0f:
      return 1;
    case 0x0367: case 0x077d: case 0x087d: case 0x08e6: case 0x0973: case 0x0a7d:
    case 0x0b7d: case 0x0c7d: case 0x0d7d:
    case 0xff09: case 0xff0a: case 0xffff:
      return 2;
    case 0x20ce:
      return 22;
    case 0xff16:
      return 8;
    default:
      return -1;
  }
}

function read(data, pair, bytes, at) {
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
    case 0x20ce:
      push(data, past(bytes, at));
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
    var length = lengthOf(pair);
    if (length < 0) {
      warnings.push("byte " + at + ": channel and type " + hex(pair) + " are not known; the rest is left out");
      break;
    }
    if (at + 2 + length > bytes.length) {
      warnings.push("byte " + at + ": " + hex(pair) + " is cut off");
      break;
    }
    read(data, pair, bytes, at + 2);
    at += 2 + length;
  }
  return { data: data, warnings: warnings };
}
