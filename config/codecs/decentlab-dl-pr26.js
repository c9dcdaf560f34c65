// Decentlab DL-PR26, pressure or level. Facts: the data sheet's "Sensor data message format"
// (decentlab.com/support). A header (version 2, device, flags), then the 16-bit words of each sensor
// whose flag is set, big endian. Other devices of this vendor differ in the table SENSORS alone.
// PMIN and PMAX are the range of the probe, in bar: those of yours stand on its label.

var PMIN = 0.0;
var PMAX = 1.0;

var SENSORS = [
  { words: 2, read: function (data, x) {
    data.pressure = (x[0] - 16384) / 32768 * (PMAX - PMIN) + PMIN;
    data.temperature = (x[1] - 384) / 320 - 50;
  } },
  { words: 1, read: function (data, x) { data.batteryVoltage = x[0] / 1000; } }
];

function u16(bytes, at) {
  return (bytes[at] << 8) | bytes[at + 1];
}

function decodeUplink(input) {
  var bytes = input.bytes;
  if (bytes.length < 5) {
    return { errors: ["an uplink has a header of 5 bytes"] };
  }
  if (bytes[0] !== 2) {
    return { errors: ["the message is of protocol version " + bytes[0] + "; this reads version 2"] };
  }
  var data = { serial: u16(bytes, 1) };
  var flags = u16(bytes, 3);
  if (flags >> SENSORS.length !== 0) {
    return { errors: ["the flags name sensors that a DL-PR26 has not; it is another device"] };
  }
  var at = 5;
  for (var i = 0; i < SENSORS.length; i++) {
    if ((flags >> i & 1) === 0) {
      continue;
    }
    var x = [];
    for (var word = 0; word < SENSORS[i].words; word++) {
      if (at + 2 > bytes.length) {
        return { data: data, warnings: ["the message ends within sensor " + i] };
      }
      x.push(u16(bytes, at));
      at += 2;
    }
    SENSORS[i].read(data, x);
  }
  if (at < bytes.length) {
    return { errors: ["the message is longer than a DL-PR26's; it is another device"] };
  }
  return { data: data };
}
