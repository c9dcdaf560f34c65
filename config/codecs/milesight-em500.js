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

/** A level; left out where the probe says that it has none. */
function level(name) {
  return { length: 2, read: function (data, bytes, at) {
    var value = u16(bytes, at);
    if (value === 0xffff || value === 0xfffd) {
      data[name] = value === 0xffff ? "NaN" : "out of range";
    } else {
      data[name] = value;
    }
  } };
}

function hundredth(bytes, at) {
  return u16(bytes, at) / 100;
}

var ITEMS = {
  "0175": item("battery", 1, byte),
  "0367": item("temperature", 2, tenth),
  "0468": item("humidity", 1, half), // -SMTC of before 2023: soil moisture
  "04ca": item("moisture", 2, hundredth),
  "057f": item("conductivity", 2, u16),
  "0382": level("distance"),
  "037b": level("pressure"),
  "0377": level("depth"),
  "0394": item("illuminance", 4, u32),
  "057d": item("co2", 2, u16),
  "0673": item("airPressure", 2, function (bytes, at) { return u16(bytes, at) / 10; }),
  "83d7": { length: 5, read: function (data, bytes, at) {
    data.temperature = tenth(bytes, at);
    data.temperatureChange = tenth(bytes, at + 2);
    data.temperatureAlarm = bytes[at + 4] !== 0;
  } },
  "ff01": { length: 1 }, // protocol, hardware, firmware, power on, class, serial number, TSL version
  "ff09": { length: 2 },
  "ff0a": { length: 2 },
  "ff0b": { length: 1 },
  "ff0f": { length: 1 },
  "ff16": { length: 8 },
  "ffff": { length: 2 }
};

var PAST = {
  6: function (bytes, at) { return { raw: u16(bytes, at) }; },
  8: function (bytes, at) { return { illuminance: u32(bytes, at) }; },
  10: function (bytes, at) {
    return { conductivity: u16(bytes, at), temperature: tenth(bytes, at + 2), moisture: hundredth(bytes, at + 4) };
  },
  11: function (bytes, at) {
    return {
      co2: u16(bytes, at),
      airPressure: u16(bytes, at + 2) / 10,
      temperature: tenth(bytes, at + 4),
      humidity: half(bytes, at + 6)
    };
  }
};

/** The length with which records, each behind 20 ce, fill what is left; 0: none does. */
function lengthOfPast(bytes, from) {
  for (var length in PAST) {
    var step = 2 + Number(length);
    var at = from;
    while (at < bytes.length && bytes[at] === 0x20 && bytes[at + 1] === 0xce && at + step <= bytes.length) {
      at += step;
    }
    if (at === bytes.length) {
      return Number(length);
    }
  }
  return 0;
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
    if (name === "20ce") {
      var length = lengthOfPast(bytes, at);
      if (length === 0) {
        warnings.push("byte " + at + ": a record of the past of no known model; the rest is left out");
        break;
      }
      var sample = PAST[length](bytes, at + 6);
      sample.time = u32(bytes, at + 2);
      push(data, sample);
      at += 2 + length;
      continue;
    }
    var found = ITEMS[name];
    if (found === undefined) {
      warnings.push("byte " + at + ": channel and type " + name + " are not known; the rest is left out");
      break;
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
