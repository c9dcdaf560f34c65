// Adeunis PULSE, firmware 4. Facts: "PULSE Advanced / PULSE V4 User Guide" (adeunis.com), chapter of
// the frames; github.com/TheThingsNetwork/lorawan-devices, vendor/adeunis/pulse_lib.js. Big endian; a time
// is 4 bytes at the end, in seconds since 2013-01-01 UTC. Frames of the firmware before (48) and of the
// ARF8046 (02, little endian) have other forms.

var EPOCH_2013 = 1356998400;

function u16(bytes, at) {
  return (bytes[at] << 8) | bytes[at + 1];
}

function u32(bytes, at) {
  return u16(bytes, at) * 65536 + u16(bytes, at + 2);
}

function bit(value, number) {
  return (value >> number & 1) === 1;
}

function short(bytes, wanted) {
  return bytes.length < wanted;
}

/** Least lengths, without the time. */
var LENGTHS = { 0x46: 10, 0x47: 6, 0x30: 11, 0x5a: 6, 0x5b: 6 };

/** Frames that tell of settings: the device's, the network's, what became of a register. */
var SETTINGS = { 0x10: true, 0x11: true, 0x12: true, 0x20: true, 0x33: true };

function daily(data, bytes) {
  var alarms = bytes[2];
  data.flowAlarmA = bit(alarms, 0);
  data.flowAlarmB = bit(alarms, 1);
  data.tamperA = bit(alarms, 2);
  data.tamperB = bit(alarms, 3);
  data.leakA = bit(alarms, 4);
  data.leakB = bit(alarms, 5);
  data.maxFlowA = u16(bytes, 3);
  data.maxFlowB = u16(bytes, 5);
  data.minFlowA = u16(bytes, 7);
  data.minFlowB = u16(bytes, 9);
}

/** The counter now, and before it what it was one period, two periods ... earlier. */
function history(name, bytes, end) {
  var values = [u32(bytes, 2)];
  for (var at = 6; at + 2 <= end; at += 2) {
    values.push(values[values.length - 1] - u16(bytes, at));
  }
  return { name: name, values: values };
}

function decodeUplink(input) {
  var bytes = input.bytes;
  if (bytes.length < 2) {
    return { errors: ["a frame has a code and a status"] };
  }
  var code = bytes[0];
  var status = bytes[1];
  var least = LENGTHS[code];
  if (least === undefined && !SETTINGS[code]) {
    return { errors: ["frame " + code.toString(16) + " is none of a PULSE 4; it is of another version"] };
  }
  if (least === undefined) {
    return { data: { frame: code }, warnings: ["frame " + code.toString(16) + " holds no measurement"] };
  }
  var timed = bit(status, 2);
  if (short(bytes, least + (timed ? 4 : 0))) {
    return { errors: ["frame " + code.toString(16) + " is cut off at " + bytes.length + " bytes"] };
  }
  var data = {
    frameCounter: status >> 5,
    batteryLow: bit(status, 1),
    configured: bit(status, 0)
  };
  var end = timed ? bytes.length - 4 : bytes.length;
  if ((code === 0x5a || code === 0x5b) ? end % 2 !== 0 : end !== least) {
    return { errors: ["frame " + code.toString(16) + " has " + bytes.length + " bytes; it is of another version"] };
  }
  if (timed) {
    data.time = u32(bytes, end) + EPOCH_2013;
  }
  switch (code) {
    case 0x46:
      data.counterA = u32(bytes, 2);
      data.counterB = u32(bytes, 6);
      break;
    case 0x47:
      data.flowA = u16(bytes, 2);
      data.flowB = u16(bytes, 4);
      break;
    case 0x30:
      daily(data, bytes);
      break;
    default: {
      var past = history(code === 0x5a ? "A" : "B", bytes, end);
      data["counter" + past.name] = past.values[0];
      data["earlier" + past.name] = past.values.slice(1); // the newest first
    }
  }
  return { data: data };
}
