package io.sluice.codec.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.adapter.testkit.CodecContract;
import io.sluice.adapter.testkit.RecordingSink;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.codec.CodecFileException;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadCodecs;
import io.sluice.api.codec.PayloadException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What scripts may say, and what becomes of it. */
class ScriptCodecTest {
  private static List<String> values(String... lines) throws PayloadException {
    return Scripts.values(Scripts.of(lines), 7, "01FF");
  }

  private static List<String> returned(String expression) throws PayloadException {
    return values("function decodeUplink(input) { return " + expression + "; }");
  }

  /** The scripts that are shipped, against the contract of all codecs. */
  @Nested
  class Shipped implements CodecContract {
    @Override
    public PayloadCodec codec() {
      return Scripts.shipped("milesight-am319").create();
    }

    @Override
    public List<Message> messages() {
      return List.of(
          new Message(Scripts.hex("0367EE0004687C"), Set.of("temperature", "humidity")),
          new Message(Scripts.hex("077DA803"), Set.of("co2")));
    }
  }

  @Test
  void itIsFoundByItsName() {
    assertThat(Objects.requireNonNull(PayloadCodecs.find("script")).name()).isEqualTo("script");
  }

  @Test
  void bytesPortAndTimeComeIn() throws PayloadException {
    assertThat(
            returned(
                "{data: {bytes: input.bytes, port: input.fPort, at: input.recvTime.toISOString()}}"))
        .containsExactly(
            "bytes.0=integer 1",
            "bytes.1=integer 255",
            "port=integer 7",
            "at=text 2026-01-01T00:00:00.000Z");
  }

  @Test
  void payloadWithoutPortHasNone() throws PayloadException {
    PayloadCodec codec =
        Scripts.of("function decodeUplink(input) { return {data: {p: typeof input.fPort}}; }");
    RecordingSink sink = new RecordingSink();
    codec.decode(new byte[] {1}, CodecContract.DEVICE, CodecContract.RECEIVED_MICROS, sink);
    assertThat(sink.leaves())
        .extracting(RecordingSink.Leaf::value)
        .containsExactly("text undefined");
  }

  @Test
  void olderFormsOfDecodersAreRead() throws PayloadException {
    assertThat(values("function Decoder(bytes, port) { return {n: bytes.length, p: port}; }"))
        .containsExactly("n=integer 2", "p=integer 7");
    assertThat(
            values("function Decode(fPort, bytes, variables) { return {n: bytes[1], p: fPort}; }"))
        .containsExactly("n=integer 255", "p=integer 7");
  }

  @Test
  void dataIsFlattenedAsJsonIs() throws PayloadException {
    assertThat(
            returned(
                "{data: {a: 1, b: 1.5, c: true, d: 'x', e: null, f: undefined, g: {h: [1, {i: 2}]},"
                    + " j: new Date(0), k: -0, l: 1e300, m: 9007199254740993}}"))
        .containsExactly(
            "a=integer 1",
            "b=number 1.5",
            "c=truth true",
            "d=text x",
            "g.h.0=integer 1",
            "g.h.1.i=integer 2",
            "j=text 1970-01-01T00:00:00Z",
            "k=integer 0",
            "l=number 1.0E300",
            "m=integer 9007199254740992");
  }

  @Test
  void whatIsNoValueIsTold() throws PayloadException {
    assertThat(returned("{data: {a: NaN, b: Infinity, c: new Date(NaN)}}"))
        .containsExactly("a=number NaN", "b=number Infinity", "c=text Invalid Date");
    assertThat(returned("{data: {a: 1, f: function () {}}}"))
        .containsExactly("a=integer 1", "f!is a function; return its result");
    assertThat(returned("(function () { var o = {a: 1}; o.o = o; return {data: o}; })()"))
        .contains("a=integer 1")
        .last()
        .asString()
        .endsWith("is nested deeper than 16 levels, or in a circle");
    assertThat(returned("{data: {a: 1, long: new Array(5000)}}"))
        .containsExactly("a=integer 1", "long!has 5000 elements; a script returns at most 4096");
    assertThat(returned("{data: {a: 1, t: 'xx'.repeat(10000)}}"))
        .containsExactly("a=integer 1", "t!is a text of more than 16384 characters; shorten it");
    assertThat(returned("{data: {['n'.repeat(300)]: 1}}"))
        .singleElement()
        .asString()
        .endsWith("has a name of more than 256 characters; shorten it");
  }

  @Test
  void moreValuesThanAMessageHasAreRefused() {
    assertThatThrownBy(
            () -> returned("{data: {a: new Array(4000).fill(1), b: new Array(4000).fill(1)}}"))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("more than 4096 values");
  }

  @Test
  void errorsRefuseAndWarningsAreNoted() throws PayloadException {
    assertThatThrownBy(() -> returned("{data: {a: 1}, errors: ['too short', 'line\\nbreak']}"))
        .hasMessage("test.js says: too short; line break");
    assertThat(returned("{data: {a: 1}, warnings: ['battery low'], errors: []}"))
        .containsExactly("a=integer 1", "warning: test.js says: battery low");
    assertThatThrownBy(() -> returned("{errors: 'wrong port'}"))
        .hasMessage("test.js says: wrong port");
  }

  @Test
  void dataThatIsNoneIsRefused() {
    String wanted = "test.js returned no object as data; return {data: {...}} or {errors: [...]}";
    for (String none :
        List.of("undefined", "null", "{}", "17", "'x'", "{data: 1}", "new Date(0)")) {
      assertThatThrownBy(() -> returned(none)).as(none).hasMessage(wanted);
    }
    assertThatThrownBy(() -> returned("{data: function () {}}"))
        .hasMessage("test.js returned a function; return data");
  }

  @Test
  void historyAndArraysAreSamples() throws PayloadException {
    assertThat(returned("{data: {a: 1, history: [{time: 5, t: 1}, {time: 6, t: 2}]}}"))
        .containsExactly(
            "a=integer 1",
            "1/time=integer 5",
            "1/t=integer 1",
            "2/time=integer 6",
            "2/t=integer 2");
    assertThat(returned("{data: {history: [1, 2]}}"))
        .containsExactly("history.0=integer 1", "history.1=integer 2");
  }

  @Test
  void normalizedDataIsPreferred() throws PayloadException {
    String decoder = "function decodeUplink(input) { return {data: {raw: input.bytes[0]}}; }";
    assertThat(
            values(
                decoder,
                "function normalizeUplink(input) {",
                "  return {data: [{time: '2026-01-01T00:00:00Z', air: {temperature: input.data.raw}},",
                "    {air: {temperature: 2}}], warnings: ['odd']};",
                "}"))
        .containsExactly(
            "1/time=text 2026-01-01T00:00:00Z",
            "1/air.temperature=integer 1",
            "2/air.temperature=integer 2",
            "warning: test.js says: odd");
    assertThat(
            values(
                decoder,
                "function normalizeUplink(input) { return {data: {air: {temperature: 3}}}; }"))
        .containsExactly("air.temperature=integer 3");
    assertThat(
            values(
                decoder, "function normalizeUplink(input) { return {errors: ['not this one']}; }"))
        .containsExactly("raw=integer 1", "warning: test.js says: not this one");
  }

  /** What files of vendors use beyond ECMAScript 5. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "let a = 1; const b = 2; return {data: {v: a + b}}; | 3",
        "const f = (x, y = 2) => x + y; return {data: {v: f(1)}}; | 3",
        "const o = {a: 1, ['b' + 1]: 2, f() { return 3; }}; return {data: {v: o.a + o.b1 + o.f()}}; | 6",
        "const [a, b] = [1, 2]; const {c, d = 4} = {c: 3}; return {data: {v: a + b + c + d}}; | 10",
        "let s = 0; for (const x of [1, 2]) { s += x; } return {data: {v: s}}; | 3",
        "const s = [...new Set([1, 1, 2])]; return {data: {v: s.length}}; | 2",
        "function f(...all) { return all.length; } return {data: {v: f(1, 2, 3)}}; | 3",
        "let s = 0; for (let x of [1, 2]) { s += x; } return {data: {v: s}}; | 3",
        "const m = /(\\d+)-(\\d+)/.exec('12-34'); return {data: {v: Number(m[1])}}; | 12",
        "return {data: {v: 'x1y22'.match(/\\d+/g).length}}; | 2",
        "return {data: {v: 'a-b'.split(/-/).length}}; | 2",
        "return {data: {v: 'abc'.replace(/b/g, function (m) { return m + m; }).length}}; | 4",
        "return {data: {v: 'abc'.search(/c/)}}; | 2",
        "const m = new Map([['a', 1]]); return {data: {v: m.get('a')}}; | 1",
        "return {data: {v: [1, 2, 3].find(x => x > 1) + [1].includes(1)}}; | 3",
        "const v = new DataView(new Uint8Array([0x3f, 0xc0, 0, 0]).buffer); return {data: {v: v.getFloat32(0)}}; | 1.5",
        "const f = new Float32Array(1); f[0] = 1.5; return {data: {v: f[0]}}; | 1.5",
        "return {data: {v: Number('0x10') + parseInt('11', 2) + 0b1 + 0o7}}; | 27",
        "return {data: {v: Math.trunc(2.7) + Math.sign(-3) + Math.log10(100)}}; | 3",
        "return {data: {v: parseFloat((1.005).toFixed(2)) + 2 ** 3}}; | 9",
        "return {data: {v: 'a1b2'.replace(/[a-z]/g, '').padStart(4, '0').length}}; | 4",
        "return {data: {v: 'caaab'.replace(/a+/, 'x').length + 'a,b'.split(',').length}}; | 5",
        "return {data: {v: Object.assign({}, {a: 1}, {b: 2}).b + Object.keys({a: 1}).length}}; | 3",
        "return {data: {v: Object.entries({a: 1})[0][1] + Object.values({a: 2})[0]}}; | 3",
        "return {data: {v: JSON.parse(JSON.stringify({a: [1, {b: 'x\"'}]})).a[0]}}; | 1",
        "const n = null; return {data: {v: (n ?? 3) + ((n?.x) ?? 1)}}; | 4",
        "var v = 0; [3, 1, 2].sort((a, b) => a - b).forEach((x, i) => { v += x * i; }); return {data: {v}}; | 8",
        "undeclared = 3; for (i = 0; i < 2; i++) undeclared++; return {data: {v: undeclared}}; | 5",
        "console.log('x', input); return {data: {v: String.fromCharCode(49) - 0}}; | 1",
        "return {data: {v: [1, 2].map(String).join('').length + Array.from('ab').length}}; | 4",
        "return {data: {v: input.bytes.slice(1).reverse().concat([1]).reduce((a, b) => a + b, 0)}}; | 256",
        "return {data: {v: (input.bytes[1] << 24 >> 16) >>> 0}}; | 4294967040",
        "switch (input.fPort) { case 7: { let x = 1; return {data: {v: x}}; } default: return {errors: ['x']}; } | 1",
        "try { null.x; } catch (e) { return {data: {v: e instanceof TypeError ? 1 : 0}}; } finally { } | 1",
        "return {data: {v: new Date(86400000).getHours() + new Date(2026, 0, 1).getTimezoneOffset()}}; | 0",
      })
  void whatVendorsUseIsUnderstood(String body, String wanted) throws PayloadException {
    assertThat(Scripts.values(Scripts.of("function decodeUplink(input) {", body, "}"), 7, "01FF"))
        .singleElement()
        .asString()
        .isIn("v=integer " + wanted, "v=number " + wanted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "function decodeUplink(input { return 1; } | 1:29",
        "class A {} function decodeUplink(i) { return new A(); } | 1:",
        "import x from 'y'; function decodeUplink(i) {} | 1:",
        "export function decodeUplink(i) {} | 1:",
        "async function decodeUplink(i) {} | 1:",
        "function decodeUplink(i) { return Math.max(...i.bytes); } | 1:",
        "function decodeUplink(i) { return ((...all) => 1)(i); } | 1:",
      })
  void syntaxFaultIsToldWithItsPlace(String source, String place) {
    assertThatThrownBy(() -> Scripts.opened(source))
        .isInstanceOfSatisfying(
            CodecFileException.class,
            e ->
                assertThat(e.placed())
                    .contains("test.js:" + place)
                    .endsWith(
                        "write ECMAScript 5, with let, const, arrow functions and template strings"));
  }

  @Test
  void fileThatCannotBeACodecIsToldAtOnce() {
    assertThatThrownBy(() -> Scripts.opened("var x = 1;"))
        .hasMessageContaining("has no function decodeUplink, Decoder or Decode");
    assertThatThrownBy(() -> Scripts.opened("while (true) {}", "function decodeUplink() {}"))
        .hasMessageContaining("ran for more than")
        .hasMessageContaining("leave the work to decodeUplink");
    assertThatThrownBy(() -> Scripts.opened("", "nothing();", "function decodeUplink() {}"))
        .isInstanceOfSatisfying(
            CodecFileException.class, e -> assertThat(e.placed()).contains("test.js:2:"));
    assertThatThrownBy(() -> Scripts.opened("(".repeat(100_000)))
        .isInstanceOf(CodecFileException.class);
  }

  @Test
  void deviceThatHadItCutOffWaitsAndOthersDoNot() throws Exception {
    AtomicLong clock = new AtomicLong();
    Program program =
        Program.compile(
            Scripts.shippedFile("x"),
            "function decodeUplink(i) { while (i.bytes[0] === 1) {} return {data: {a: 1}}; }");
    PayloadCodec codec =
        new ScriptCodec(program, new Sandbox(() -> clock.addAndGet(1_000_000)), clock::get);
    assertThatThrownBy(() -> Scripts.values(codec, 1, "01"))
        .isInstanceOfSatisfying(
            PayloadException.class, e -> assertThat(e.reason()).isEqualTo(RejectReason.INTERNAL))
        .hasMessageMatching(
            "x\\.js:1 \\(decodeUplink\\): ran for more than 50 ms, and was cut off;"
                + " it is not run for this device for 10 s");
    assertThatThrownBy(() -> Scripts.values(codec, 1, "00"))
        .hasMessageStartingWith("the script is not run for this device yet");
    Device other =
        new Device(new DeviceId("dev-2"), "any", "farm", "north", null, null, true, true, false);
    codec.decode(new byte[] {0}, 1, other, 0, new RecordingSink());
    clock.addAndGet(Penalties.PAUSE.toNanos() + 1);
    assertThat(Scripts.values(codec, 1, "00")).containsExactly("a=integer 1");
  }

  @Test
  void callsThatGoBeyondShareATwentiethOfTheThread() {
    AtomicLong clock = new AtomicLong();
    Budget budget = new Budget(clock::get);
    assertThat(cutOffAfter(budget, clock)).isEqualTo(Duration.ofMillis(50));
    assertThat(cutOffAfter(budget, clock)).isEqualTo(Budget.FLOOR);
    clock.addAndGet(Duration.ofMillis(400).toNanos());
    assertThat(cutOffAfter(budget, clock)).isBetween(Duration.ofMillis(19), Duration.ofMillis(22));
    clock.addAndGet(Duration.ofSeconds(5).toNanos());
    assertThat(cutOffAfter(budget, clock)).isEqualTo(Duration.ofMillis(50));
  }

  /** After how long a call is cut off that looks a hundred times a millisecond. */
  private static Duration cutOffAfter(Budget budget, AtomicLong clock) {
    long began = clock.get();
    budget.begin();
    try {
      for (; ; ) {
        clock.addAndGet(10_000);
        budget.look(Budget.STEP);
      }
    } catch (CutOff e) {
      budget.end();
      return Duration.ofMillis((clock.get() - began) / 1_000_000);
    }
  }
}
