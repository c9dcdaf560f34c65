// Dragino LDS02, door. Facts: wiki.dragino.com, "LDS02 - LoRaWAN Door Sensor User Manual" 2.4
// (Uplink Payload), and of firmware 1.8 github.com/dragino/dragino-end-node-decoder, LDS02, 1.8.2 (port
// 7). Big endian. The leak modes are those of the LWL02, which has the same firmware.

function u24(bytes, at) {
  return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
}

/** Since 1.8: the door as it is, and how often it moved. */
function counted(bytes) {
  return {
    batteryVoltage: (((bytes[0] << 8) | bytes[1]) & 0x3fff) / 1000,
    open: (bytes[0] & 0x80) !== 0,
    openCount: u24(bytes, 2)
  };
}

function decodeUplink(input) {
  var bytes = input.bytes;
  if (input.fPort === 7) {
    return bytes.length < 5 ? { errors: ["a count has 5 bytes, not " + bytes.length] } : { data: counted(bytes) };
  }
  if (input.fPort !== undefined && input.fPort !== 10) {
    return { errors: ["port " + input.fPort + " is none of the LDS02's; it sends on 7 and 10"] };
  }
  if (bytes.length < 3) {
    return { errors: ["an uplink has 10 bytes, not " + bytes.length] };
  }
  var data = {
    batteryVoltage: (((bytes[0] << 8) | bytes[1]) & 0x3fff) / 1000,
    mode: bytes[2]
  };
  if (data.mode < 1 || data.mode > 3) {
    return { data: data, warnings: ["mode " + data.mode + " is not known; the rest is left out"] };
  }
  var isLeak = data.mode === 2;
  if (data.mode !== 2) {
    data.open = (bytes[0] & 0x80) !== 0;
  }
  if (data.mode !== 1) {
    data.leak = (bytes[0] & 0x40) !== 0;
  }
  if (data.mode === 1 || data.mode === 2) {
    if (bytes.length >= 6) {
      data[isLeak ? "leakCount" : "openCount"] = u24(bytes, 3);
    }
    if (bytes.length >= 9) {
      data[isLeak ? "lastLeakDuration" : "lastOpenDuration"] = u24(bytes, 6); // minutes
    }
  }
  if (bytes.length >= 10) {
    data.openAlarm = (bytes[9] & 0x01) !== 0;
  }
  var whole = { data: data };
  if (bytes.length < 10) {
    whole.warnings = ["the uplink has " + bytes.length + " of 10 bytes"];
  }
  return whole;
}
