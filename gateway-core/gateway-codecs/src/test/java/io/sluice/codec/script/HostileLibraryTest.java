package io.sluice.codec.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.codec.PayloadCodec;
import io.sluice.api.codec.PayloadException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a script does with built-in functions that take their time, or memory, or keep something for
 * the next call.
 */
@Timeout(60)
class HostileLibraryTest {
  /** Fifty milliseconds are allowed; a slow machine may take many times that. */
  private static final Duration LONG = Duration.ofSeconds(4);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final String BIG = "var a = 'a'.repeat(100000), b = 'a'.repeat(50000) + 'b';";
  private static final String NEVER_ENDS =
      "function endless(next) { return {[Symbol.iterator]: () => ({next: next})}; }";

  /** What this thread took of the processor: a busy machine lets it wait for any time. */
  private static long taken() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** How the call ended: refused, or with values; not later than it may. */
  private static String end(String body) {
    PayloadCodec codec = Scripts.of("function decodeUplink(input) {", body, "return {data: {}}; }");
    long began = taken();
    String end;
    try {
      end = Scripts.values(codec, 1, "01").toString();
    } catch (PayloadException e) {
      end = String.valueOf(e.getMessage());
    }
    assertThat(Duration.ofNanos(taken() - began)).as(end).isLessThan(LONG);
    return end;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        BIG + " a.indexOf(b);",
        BIG + " a.lastIndexOf('b' + 'a'.repeat(50000));",
        BIG + " a.includes(b);",
        BIG + " a.split(b);",
        BIG + " a.replace(b, '');",
        BIG + " a.replaceAll(b, '');",
        BIG + " for (var i = 0; i < 1e6; i++) { a.endsWith(b, i); }",
        "('a' + '\\u0300\\u0316'.repeat(40000)).normalize('NFD');",
        "('a' + '\\u0300\\u0316'.repeat(40000)).normalize('NFKC');",
        "Number('9'.repeat(100000) + '.5e-3');",
        "parseFloat('9'.repeat(100000));",
        "parseInt('9'.repeat(100000), 7);",
        "new Date('1'.repeat(100000));",
        "encodeURIComponent('\\u20ac'.repeat(100000));",
        "'x'.repeat(100000).split('').sort().join('');",
        "var n = []; for (var i = 0; i < 1e5; i++) { n.push('a'.repeat(100) + i); } n.sort(); n.reverse();",
        "/^(a|aa)+$/.test('a'.repeat(5000) + 'b');",
        "/(x+x+)+y/.test('x'.repeat(5000));",
        "'x'.repeat(5000).match(/(x+x+)+y/g);",
        "'x'.repeat(5000).search(/(.*)*y/);",
        "'x'.repeat(5000).split(/(x*)*y/);",
        "new RegExp('(a+)+$').exec('a'.repeat(5000) + 'b');",
        "new RegExp('('.repeat(100000));",
        "new RegExp('(?:'.repeat(50000) + ')'.repeat(50000));",
        "new RegExp('a{1000}'.repeat(10000)).test('a');",
        "/(((a{1,999}){1,999}){1,999}){1,999}/.test('a'.repeat(2000));",
        "new RegExp('[' + 'a-z'.repeat(40000) + ']').test('b');",
        "function f() { try { f(); } catch (e) { f(); } } f();",
        "function f() { try { f(); } finally { f(); } } f();",
        "var f = function () {}; for (var i = 0; i < 100000; i++) { f = f.bind(null); } f();",
        "var s = 'x'; for (var i = 0; i < 100000; i++) { s = {toString: String.bind(null, s)}; } '' + s;",
        "[].concat({length: 1e9, [Symbol.isConcatSpreadable]: true});",
        "function* g() { try { for (;;) { yield 1; } } finally { for (;;) {} } } for (var x of g()) { break; }",
        NEVER_ENDS + " [...endless(() => ({done: false}))];",
        NEVER_ENDS + " Array.from(endless(() => ({done: false, value: 1})));",
        NEVER_ENDS + " new Map(endless(() => ({done: false, value: [1, 2]})));",
        NEVER_ENDS + " new Set(endless(function () { return {done: false, value: 1}; }));",
        NEVER_ENDS + " Object.fromEntries(endless(() => ({done: false, value: ['a', 1]})));",
        NEVER_ENDS + " function* g() { yield* endless(() => ({done: false})); } [...g()];",
        NEVER_ENDS + " [...endless(Error)];",
        NEVER_ENDS + " [...endless(Object)];",
        NEVER_ENDS + " [...endless(JSON.parse.bind(null, '{}'))];",
        NEVER_ENDS + " [...endless(Array.prototype.entries.bind([]))];",
        "var p = {[Symbol.toPrimitive]: function () { for (;;) {} }}; +p;",
        "JSON.parse('[1]', function () { for (;;) {} });",
        "JSON.parse('[' + '0,'.repeat(50000) + '0]', function (k, v) { return [v, v]; });",
        "Object.defineProperty({}, 'x', {get value() { for (;;) {} }});",
        "Error.prepareStackTrace = function () { for (;;) {} }; new Error().stack;",
        "Error.stackTraceLimit = 1e9; (function f(n) { return n ? f(n - 1) : new Error().stack; })(500);",
        "var m = new Map(); m.set(1, 1); m.forEach(function (v, k) { m.delete(k); m.set(k + 1, 1); });",
        "var s = new Set([1]); for (var x of s) { s.add(x + 1); }",
        "var o = {}; for (var i = 0; i < 200000; i++) { o[i * 7919] = 1; } Object.keys(o).sort();",
        "new Array(100000).fill(1).reduce(function (o, x, i) { o = o.concat([i]); return o; }, []);",
        "var d = new Date(0); for (;;) { d.setMonth(d.getMonth() + 1e6); }",
        "new Uint8Array(1e6).sort(function () { return Math.random() - .5; });",
        "var u = new Uint8Array(4e6); for (;;) { u.set(u.subarray(1)); }",
        "var s = ''; for (;;) { s = s.concat('x').slice(0, 10).padEnd(100000).trim(); }",
      })
  void endsInItsTime(String body) {
    end(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "var a = 1; for (var i = 0; i < 100000; i++) { a = [a]; } return {data: {a: a}};",
        "var a = 1; for (var i = 0; i < 100000; i++) { a = {a: a}; } return {data: a};",
        "var a = 1; for (var i = 0; i < 500; i++) { a = {abcdefghij: a, b: i}; } return {data: a};",
        "var d = {}; for (var i = 0; i < 100000; i++) { d['k' + i] = i; } return {data: d};",
        "var d = {}; d['k'.repeat(1000000)] = 1; return {data: d};",
        "return {data: {a: 'x'.repeat(1000000)}};",
        "return {data: {a: new Date(NaN), b: new Date(8.64e15), c: Symbol('x'), d: new Map([[1, 2]])}};",
        "return {data: {a: new Uint8Array(100000)}};",
        "return {data: new Array(1e6)};",
        "return {data: {a: {length: 1e9}}};",
        "return {data: {}, errors: {length: 1e9}};",
        "return {data: {}, warnings: new Array(1e6).fill('x'.repeat(100))};",
        "return {data: {a: {toString: function () { for (;;) {} }, valueOf: function () { for (;;) {} }}}};",
        "return {data: {get a() { throw new Error('no'); }}};",
        "return {data: {a: Object.create({b: 1}), c: Object.create(null)}};",
        "return 'text';",
        "return function () {};",
        "return {data: {a: -0, b: 1e308 * 10, c: 2 ** 53, d: '\\ud800'}};",
        "return {data: {history: new Array(5000).fill({time: 1, a: 1})}};",
      })
  void resultThatIsTooMuchOrOddEndsTheCallAlone(String body) {
    PayloadCodec codec =
        Scripts.of(
            "function decodeUplink(input) { if (input.fPort === 2) {",
            body,
            "}",
            "return {data: {ok: 1}}; }");
    long began = taken();
    try {
      Scripts.values(codec, 2, "01");
    } catch (PayloadException refused) {
      assertThat(refused).hasMessageStartingWith("test.js");
      assertThat(String.valueOf(refused.getMessage()).length()).isLessThan(1_000);
    }
    assertThat(Duration.ofNanos(taken() - began)).isLessThan(LONG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/(sec.*)/.test('secret of another device');",
        "'secret of another device'.replace(/(sec.*)/, '$1');",
        "RegExp.multiline = true; RegExp.input = 'secret';",
        "Error.prepareStackTrace = function () { return 'mine'; };",
        "Error.stackTraceLimit = 0;",
        "Date.prototype.polluted = 1;",
        "Map.prototype.polluted = 1;",
        "RegExp.prototype.exec = function () { return null; };",
        "Error.prototype.toString = function () { return 'mine'; };",
        "Object.getPrototypeOf(function* () {}).polluted = 1;",
        "Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())).polluted = 1;",
        "Object.getPrototypeOf(new Map().entries()).next = null;",
        "Object.getPrototypeOf(new Set().values()).next = null;",
        "Object.getPrototypeOf('x'.matchAll(/x/g)).next = null;",
        "Object.getPrototypeOf(''[Symbol.iterator]()).polluted = 1;",
        "Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())).polluted = 1;",
        "(function* () {})().constructor.polluted = 1;",
        "Object.getPrototypeOf(Object.getPrototypeOf(new Uint8Array(1))).polluted = 1;",
        "Symbol.polluted = 1;",
        "globalThis.polluted = 1; this.polluted = 1;",
        "JSON.parse('{\"__proto__\":{\"polluted\":1}}');",
        "Object.prototype.toString.polluted = 1;",
        "input.bytes.constructor.polluted = 1; input.recvTime.constructor.polluted = 1;",
        "console.polluted = 1;",
        "isNaN.call.polluted = 1;",
        "(function () {}).__proto__.polluted = 1;",
        "Symbol.for('shared').description;",
        "decodeUplink.prototype.polluted = 1; decodeUplink.polluted = 1;",
      })
  void nothingIsKeptForTheNextCall(String body) throws PayloadException {
    PayloadCodec codec =
        Scripts.of(
            "function tag(parts) { try { parts.n = (parts.n || 0) + 1; return parts.n; } catch (e) { return 'frozen'; } }",
            "function decodeUplink(input) {",
            "  function* g() {}",
            "  var seen = ['' + RegExp.$1 + RegExp.lastMatch + RegExp.input + RegExp['$&'], RegExp.multiline,",
            "    typeof Error.prepareStackTrace, '' + Error.stackTraceLimit, typeof new Date(0).polluted,",
            "    typeof new Map().polluted, /a/.test('a'), '' + new Error('x'), typeof g.polluted,",
            "    typeof g().polluted, [...new Map([[1, 2]]).entries(), ...new Set([1]), ...'ab', ...'xx'.matchAll(/x/g)].length, typeof new Uint8Array(1).polluted,",
            "    typeof Symbol.polluted, typeof polluted, typeof ({}).polluted, typeof isNaN.polluted,",
            "    typeof console.polluted, typeof decodeUplink.polluted, typeof Date.polluted, typeof Array.polluted,",
            "    typeof isNaN.call.polluted, typeof Object.prototype.toString.polluted, tag`a${1}b`];",
            "  if (input.fPort === 2) { " + body + " }",
            "  return {data: {seen: seen.join()}};",
            "}");
    List<String> before = Scripts.values(codec, 1, "01");
    try {
      Scripts.values(codec, 2, "01");
    } catch (PayloadException refused) {
      assertThat(refused).hasMessageStartingWith("test.js:11 (decodeUplink): ");
    }
    assertThat(Scripts.values(codec, 1, "01")).isEqualTo(before);
  }

  @Test
  void whatOneScriptMatchedAnotherDoesNotSee() throws PayloadException {
    PayloadCodec first =
        Scripts.of(
            "function decodeUplink(input) { /(sec.*)/.test('secret'); return {data: {a: 1}}; }");
    PayloadCodec second =
        Scripts.of(
            "function decodeUplink(input) { return {data: {a: '' + RegExp.$1 + RegExp.lastMatch}}; }");
    Scripts.values(first, 1, "01");
    assertThat(Scripts.values(second, 1, "01").toString()).doesNotContain("secret");
  }
}
