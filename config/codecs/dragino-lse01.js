// Dragino LSE01, soil moisture and conductivity. Facts: "LSE01 LoRaWAN Soil Moisture & EC Sensor
// User Manual" 2.3 (Uplink Payload), pages 12 and 13, and its table of mode 1 (raw values) on
// wiki.dragino.com. Big endian. Negative temperatures are read as two's complement: by the manual's
// own formula they would be 0.01 degrees too high.

var NO_PROBE = 0x7fff;

function u16(bytes, at) {
  return (bytes[at] << 8) | bytes[at + 1];
}

function i16(bytes, at) {
  return (bytes[at] << 24 >> 16) | bytes[at + 1];
}

function decodeUplink(input) {
  var bytes = input.bytes;
  if (input.fPort !== undefined && input.fPort !== 2) {
    return { errors: ["port " + input.fPort + " is none of the LSE01's; it sends on 2"] };
  }
  if (bytes.length < 11) {
    return { errors: ["an uplink has 11 bytes, not " + bytes.length] };
  }
  var data = { batteryVoltage: (u16(bytes, 0) & 0x3fff) / 1000 };
  if (i16(bytes, 2) !== NO_PROBE) {
    data.externalTemperature = i16(bytes, 2) / 10;
  }
  if ((bytes[10] & 0x80) === 0) {
    data.moisture = u16(bytes, 4) / 100;
    data.temperature = i16(bytes, 6) / 100;
    data.conductivity = u16(bytes, 8);
  } else {
    data.dielectricConstant = u16(bytes, 4) / 10;
    data.rawMoisture = u16(bytes, 6);
    data.rawConductivity = u16(bytes, 8);
  }
  data.sensorFound = (bytes[10] & 0x10) !== 0;
  data.interrupt = (bytes[10] & 0x0f) !== 0;
  return { data: data };
}
