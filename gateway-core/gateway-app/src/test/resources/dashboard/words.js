// Figures and words as they are shown.
const { count, measured, percent, time, toSeconds, zone } = await load("show.js");
const { what } = await load("alarms.js");
const { t, word } = await load("text.js");
equal([percent(0.9999999), percent(1), percent(0.57), percent(null)], ["99.99 %", "100 %", "57 %", "–"]);
equal([measured(0.0004), measured("9007199254740993"), measured(1e-9), measured(0.1), measured(false)], ["0.0004", "9007199254740993", "1e-9", "0.1", "false"]);
equal(count("18446744073709551615"), "18,446,744,073,709,551,615");
const micros = new Date(new Date().getFullYear(), 0, 31, 23, 7, 12, 45).getTime() * 1000;
equal(time(micros), "Jan 31, 23:07:12.045");
equal(toSeconds(new Date(2019, 0, 31, 0, 7, 12).getTime() * 1000), "Jan 31, 2019, 00:07:12");
equal(/ \(UTC[+−]\d\d:\d\d\)$/.test(zone()), true);
equal([what("gas", "gas 30, active true"), what("n", "nothing heard for 180 s"), what("smoke", "smoke"), what("", "x"), what("over-heat", "Over heat in hall 3")],
  [["", "gas 30, active true"], ["n", "nothing heard for 180 s"], ["", "smoke"], ["", "x"], ["", "Over heat in hall 3"]]);
equal([t("constructor"), word("quality", "good")], ["constructor", "good"]);
