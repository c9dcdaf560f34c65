package io.sluice.codec.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.api.RejectReason;
import io.sluice.api.codec.CodecFileException;
import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script tries that would harm others: time, memory, stack, Java, and other calls. */
@Timeout(60)
class HostileScriptTest {
  private static PayloadException refusal(String body) {
    return refusal(Scripts.of("function decodeUplink(input) {", body, "return {data: {}}; }"));
  }

  private static PayloadException refusal(PayloadCodec codec) {
    try {
      List<String> values = Scripts.values(codec, 1, "01");
      throw new AssertionError("was not refused: " + values);
    } catch (PayloadException e) {
      return e;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while (true) {}",
        "for (;;) { try { for (;;) {} } finally { continue; } }",
        "for (;;) { try { for (;;) {} } catch (e) {} }",
        "var a = [1, 2]; for (var i = 0; i < a.length; i++) { a.push(1); a.shift(); i--; }",
        "/(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!');",
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(/(a+)+$/, '');",
        "return {data: {get loop() { for (;;) {} }}};",
        "throw {toString: function () { for (;;) {} }};",
        "return {data: {}, warnings: [{toString: function () { for (;;) {} }}], x: (function () { for (;;) {} })()};",
        "[3, 2, 1].sort(function () { for (;;) {} });",
        "'a' + {valueOf: function () { for (;;) {} }};",
        "function* forever() { for (;;) { yield 1; } } for (var x of forever()) {}",
      })
  void loopIsCutOffWithItsLineAndFunction(String body) throws CodecFileException {
    // In all its time a quick machine takes more than the memory for some of these: here each look
    // takes a millisecond.
    AtomicLong clock = new AtomicLong();
    Program program =
        Program.compile(
            Path.of("test.js"),
            "function decodeUplink(input) {\n" + body + "\nreturn {data: {}}; }\n");
    PayloadException refusal =
        refusal(
            new ScriptCodec(program, new Sandbox(() -> clock.addAndGet(1_000_000)), clock::get));
    assertThat(refusal.reason()).isEqualTo(RejectReason.INTERNAL);
    assertThat(refusal)
        .hasMessageMatching("test\\.js:2( \\(.*\\))?: ran for more than \\d+ ms, .*");
  }

  @Test
  void functionOfTheLoopIsNamed() {
    assertThat(refusal("\nfunction spin() {\nwhile (true) {} }\nspin();"))
        .hasMessageStartingWith("test.js:4 (spin): ran for more than");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "function f() { return f() + 1; } f();",
        "function f() { [1].forEach(f); } f();",
        "function f() { return '' + {toString: f}; } f();",
        "var o = {get x() { return this.x; }}; o.x;",
        "var a = []; a[0] = a; for (var i = 0; i < 5000; i++) { a = [a]; } String(a);",
        "var t = '['; for (var i = 0; i < 12; i++) { t += t; } JSON.parse(t);",
        "var o = {}; o.o = o; JSON.stringify(o);",
      })
  void recursionEnds(String body) {
    assertThat(refusal(body)).hasMessageStartingWith("test.js:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "var s = 'x'; for (;;) { s += s; }",
        "var s = 'x'; for (var i = 0; i < 40; i++) { s = s + s; }",
        "var s = 'x'; for (var i = 0; i < 40; i++) { s = `${s}${s}`; }",
        "var s = 'x'; for (;;) { s = s.concat(s, s); }",
        "var s = 'x'; for (;;) { s = [s, s].join(''); }",
        "var s = 'xx'; for (;;) { s = s.replace(/x/g, '$&$&'); }",
        "'x'.repeat(1e9);",
        "'x'.padStart(1e9);",
        "'x'.padEnd('1000000000');",
        "new Array(1e9).join('x');",
        "new Array(1e9).fill(0);",
        "var a = []; a.length = 4294967295; a.indexOf(1);",
        "var a = []; a[4294967294] = 1; a.forEach(function () {});",
        "JSON.stringify({a: new Array(1e9)});",
        "String([[new Array(1e9)]]);",
        "Array.from({length: 1e9});",
        "Array.apply(null, {length: 1e9});",
        "String.fromCharCode.apply(null, new Array(1e9));",
        "Array.prototype.map.call({length: 1e9}, function () {});",
        "Array.prototype.slice.call({get length() { return 1e9; }});",
        "new Uint8Array(1e9);",
        "new Float64Array(1e8);",
        "new ArrayBuffer(2e9);",
        "Uint8Array.prototype.constructor(1e9); new Uint8Array.prototype.constructor(1e9);",
        "[...new Array(1e9)];",
        "new Set(new Array(1e9));",
        "var a = []; for (;;) { a.push(new Array(1000).fill(1)); }",
        "var a = []; for (;;) { a.push({a: 1, b: 2, c: [1, 2, 3]}); }",
        "var o = {}; for (var i = 0;; i++) { o['k' + i] = i; }",
        "var m = new Map(); for (var i = 0;; i++) { m.set(i, [i]); }",
      })
  void memoryIsBounded(String body) {
    PayloadException refusal = refusal(body);
    assertThat(refusal).hasMessageStartingWith("test.js:2");
    assertThat(refusal.getMessage())
        .containsAnyOf("MB of memory", "more than", "length", "not an instance");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.lang.System.exit(3);",
        "Packages.java.lang.System.exit(3);",
        "new JavaImporter(java.io);",
        "this.constructor.constructor('return 1')();",
        "(function () {}).constructor('return 1')();",
        "(() => 1).constructor('return 1')();",
        "(function* () {}).constructor('return 1')();",
        "Object.getPrototypeOf(function () {}).constructor('return 1')();",
        "eval('1');",
        "Function('return 1')();",
        "new Function('return 1')();",
        "'x'.getClass().forName('java.lang.System');",
        "input.bytes.getClass();",
        "new Error().javaException.printStackTrace();",
        "load('/etc/passwd');",
        "require('fs');",
        "new XMLHttpRequest();",
        "setTimeout(function () {}, 1);",
        "new Proxy({}, {});",
        "Reflect.construct(Object, []);",
        "new Continuation();",
        "Promise.resolve(1);",
        "[1].flat();",
        "[1].flatMap(function (x) { return x; });",
        "String.raw`x`;",
        "Object.getOwnPropertySymbols(RegExp.prototype);",
        "/a/[Symbol.replace].call(/a/g, 'a', '$&');",
        "importPackage(java.io);",
      })
  void nothingOfJavaAndNoCodeMadeAtRunTimeIsReached(String body) {
    PayloadException refusal = refusal(body);
    assertThat(refusal.reason()).isEqualTo(RejectReason.PAYLOAD_INVALID);
    assertThat(refusal)
        .hasMessageMatching("test\\.js:2 \\(decodeUplink\\): (Reference|Type)Error: .*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Object.prototype.polluted = 1;",
        "Array.prototype.push = function () { return 'mine'; };",
        "String.prototype.polluted = 1;",
        "Math.round = function () { return 0; };",
        "JSON.parse = 1;",
        "console.log = 1;",
        "Object.defineProperty(Object.prototype, 'polluted', {value: 1});",
        "Object.setPrototypeOf(Array.prototype, {polluted: 1});",
        "Object.defineProperty(Math, 'round', {value: function () { return 0; }});",
        "Object.defineProperties(Array.prototype, {polluted: {value: 1}});",
        "({}).__proto__.__proto__ = {polluted: 1};",
        "[].__proto__.__proto__ = {polluted: 1};",
        "Object.assign(Object.prototype, {polluted: 1});",
        "Object.prototype.__defineGetter__('polluted', function () { return 1; });",
        "Object.freeze(Object.prototype);",
        "delete Math.floor;",
        "[].constructor.prototype.polluted = 1;",
        "Object.getPrototypeOf([][Symbol.iterator]()).next = null;",
        "Uint8Array.polluted = 1;",
        "parseInt.polluted = 1;",
        "({}).__proto__.polluted = 1;",
      })
  void builtInObjectsCannotBeChanged(String body) throws PayloadException {
    PayloadCodec codec =
        Scripts.of(
            "function decodeUplink(input) {",
            "  var seen = [typeof ({}).polluted, typeof ''.polluted, [].push(1), Math.round(1.6),",
            "    typeof JSON.parse, typeof console.log, Math.floor(1.5), [...[1, 2]].length,",
            "    typeof Uint8Array.polluted, typeof parseInt.polluted, typeof [].polluted];",
            "  if (input.fPort === 2) { " + body + " }",
            "  return {data: {seen: seen.join()}};",
            "}");
    List<String> before = Scripts.values(codec, 1, "01");
    try {
      Scripts.values(codec, 2, "01");
    } catch (PayloadException refused) {
      assertThat(refused).hasMessageStartingWith("test.js:5 (decodeUplink): ");
    }
    assertThat(Scripts.values(codec, 1, "01"))
        .isEqualTo(before)
        .containsExactly(
            "seen=text undefined,undefined,1,2,function,function,1,2,undefined,undefined,undefined");
  }

  @Test
  void nothingOfACallIsSeenByTheNext() throws PayloadException {
    PayloadCodec codec =
        Scripts.of(
            "var count = 0; var table = {n: 0}; let other = 0;",
            "function decodeUplink(input) {",
            "  forgotten = (typeof forgotten === 'undefined' ? 0 : forgotten) + 1;",
            "  this.onThis = (this.onThis || 0) + 1;",
            "  decodeUplink.calls = (decodeUplink.calls || 0) + 1;",
            "  return {data: {a: ++count, b: ++table.n, c: ++other, d: forgotten, e: this.onThis,",
            "    f: decodeUplink.calls}};",
            "}");
    for (int i = 0; i < 3; i++) {
      assertThat(Scripts.values(codec, 1, "01"))
          .containsExactly(
              "a=integer 1",
              "b=integer 1",
              "c=integer 1",
              "d=integer 1",
              "e=integer 1",
              "f=integer 1");
    }
  }

  @Test
  void whatIsThrownIsTold() {
    assertThat(refusal("throw new Error('too short');"))
        .hasMessage("test.js:2 (decodeUplink): Error: too short");
    assertThat(refusal("throw 'too short';"))
        .hasMessage("test.js:2 (decodeUplink): threw too short");
    assertThat(refusal("throw 17;")).hasMessageEndingWith("threw 17");
    assertThat(refusal("throw null;")).hasMessageEndingWith("threw null");
    assertThat(refusal("throw undefined;")).hasMessageEndingWith("threw undefined");
    assertThat(refusal("throw {code: 3};")).hasMessageEndingWith("threw an object");
    assertThat(refusal("throw function () {};")).hasMessageEndingWith("threw a function");
    assertThat(refusal("input.nothing.length;"))
        .hasMessageStartingWith("test.js:2 (decodeUplink): TypeError: ");
  }

  @Test
  void numberOfArbitraryLengthIsAFaultOfTheFile() {
    assertThatThrownBy(() -> Scripts.opened("function decodeUplink(input) {", "return 2n ** 9n; }"))
        .hasMessageContaining("BigInt");
  }
}
