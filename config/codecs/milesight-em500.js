// Milesight EM500 (-CO2, -LGT, -PP, -PT100, -SMTC, -SWL, -UDL). Facts: the tables "Payload
// Definition" of github.com/Milesight-IoT/SensorDecoders, EM_Series/EM500_Series, and "Uplink Data" of
// milesight.com/products/docs (EM500-PP: ffff is no measurement, fffd is out of range). A channel, a
// type and its value, little endian; an unknown pair ends reading. A record of the past has no type:
// its length tells the model, but for -UDL, -SWL, -PP and -PT100, whose value stays raw.

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

/** A level; the probe says where it has none. */
function level(bytes, at) {
  var value = u16(bytes, at);
  return value === 0xffff ? "NaN" : value === 0xfffd ? "out of range" : value;
}

/** A record of the past, by its length. */
function past(bytes, at, length) {
  var sample = { time: u32(bytes, at) };
  switch (length) {
    case 8:
      sample.illuminance = u32(bytes, at + 4);
      break;
    case 10:
      sample.conductivity = u16(bytes, at + 4);
      sample.temperature = i16(bytes, at + 6) / 10;
      sample.moisture = u16(bytes, at + 8) / 100;
      break;
    case 11:
      sample.co2 = u16(bytes, at + 4);
      sample.airPressure = u16(bytes, at + 6) / 10;
      sample.temperature = i16(bytes, at + 8) / 10;
      sample.humidity = bytes[at + 10] / 2;
      break;
    default:
      sample.raw = u16(bytes, at + 4);
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

function lengthOfPast(bytes, at) {
  return fills(bytes, at, 6) ? 6 : fills(bytes, at, 8) ? 8 : fills(bytes, at, 10) ? 10 : fills(bytes, at, 11) ? 11 : -1;
}

/** Bytes of a value; -1: nobody knows. Channel ff tells of the device itself. */
function lengthOf(pair, bytes, at) {
  switch (pair) {
    case 0x0175: case 0x0468:
    case 0xff01: case 0xff0b: case 0xff0f:
      return 1;
    case 0x0367: case 0x04ca: case 0x057f: case 0x0382: case 0x037b: case 0x0377:
    case 0x057d: case 0x0673:
    case 0xff09: case 0xff0a: case 0xffff:
      return 2;
    case 0x0394:
      return 4;
    case 0x83d7:
      return 5;
    case 0xff16:
      return 8;
    case 0x20ce:
      return lengthOfPast(bytes, at);
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
      data.humidity = bytes[at] / 2; // -SMTC of before 2023: soil moisture
      break;
    case 0x04ca:
      data.moisture = u16(bytes, at) / 100;
      break;
    case 0x057f:
      data.conductivity = u16(bytes, at);
      break;
    case 0x0382:
      data.distance = level(bytes, at);
      break;
    case 0x037b:
      data.pressure = level(bytes, at);
      break;
    case 0x0377:
      data.depth = level(bytes, at);
      break;
    case 0x0394:
      data.illuminance = u32(bytes, at);
      break;
    case 0x057d:
      data.co2 = u16(bytes, at);
      break;
    case 0x0673:
      data.airPressure = u16(bytes, at) / 10;
      break;
    case 0x83d7:
      data.temperature = i16(bytes, at) / 10;
      data.temperatureChange = i16(bytes, at + 2) / 10;
      data.temperatureAlarm = bytes[at + 4] !== 0;
      break;
    case 0x20ce:
      push(data, past(bytes, at, length));
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
    if (at + 2 + length > bytes.length) {
      warnings.push("byte " + at + ": " + hex(pair) + " is cut off");
      break;
    }
    read(data, pair, bytes, at + 2, length);
    at += 2 + length;
  }
  return { data: data, warnings: warnings };
}
