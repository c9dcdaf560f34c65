// What is tried, as bytes, and the place of a fault in it.
const { octets, place } = await load("trial.js");
equal(Array.from(octets("text", "é")), [195, 169]);
equal(Array.from(octets("hex", "0x01 67,0A:ff\n")), [1, 103, 10, 255]);
equal([octets("hex", "0"), octets("hex", "zz")], [null, null]);
const broken = octets("text", "{\"ä\":nul}");
equal(place("payload at byte 6: no value", "text", broken), ["{\"ä\":", "n", "ul}"]);
equal(place("ends too early at byte 10", "text", broken), ["{\"ä\":nul}", "▮", ""]);
equal(place("codec.js:3 (decodeUplink): Error: too short", "text", broken), null);
equal(place("at byte 1: no", "hex", octets("hex", "01ff02")), ["01", "ff", "02"]);
