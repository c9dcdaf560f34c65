package io.sluice.sim.fleet;

import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.scenario.ScenarioFault;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Payloads that nobody may take for a record. */
final class SpoiltPayload {
  /** Not JSON by RFC 8259, each in a way of its own; in ISO 8859-1, so that one is not UTF-8. */
  private static final List<String> BROKEN_JSON =
      List.of(
          "{\"n\":12,\"temperature\":}",
          "{\"n\":12,\"temperature\":3,}",
          "{\"n\":12,\"temperature\":nul}",
          "{\"n\":12,\"temperature\":+3}",
          "{\"n\":012,\"temperature\":3}",
          "{\"n\":12 \"temperature\":3}",
          "{\"n\":12,\"temperature\":3",
          "{\"n\":12,\"temper",
          "{'n':12}",
          "{\"n\":12,\"state\":\"\u00c3(\"}",
          "[".repeat(300));

  /** Not well-formed, each in a way of its own (RFC 8949, appendix F). */
  private static final List<String> BROKEN_CBOR =
      List.of("a1ff00", "1c", "a1616e", "9f01", "a2616e0c", "7f61", "f818", "6241", "fb4001");

  private SpoiltPayload() {}

  /**
   * @param draw which of several ways
   */
  static byte[] of(ScenarioFault fault, PayloadForm form, byte[] good, long draw) {
    boolean isBinary = form == PayloadForm.CBOR || form == PayloadForm.SENML_CBOR;
    return switch (fault.kind()) {
      case MALFORMED ->
          isBinary
              ? HexFormat.of().parseHex(one(BROKEN_CBOR, draw))
              : one(BROKEN_JSON, draw).getBytes(StandardCharsets.ISO_8859_1);
      case TRUNCATED -> Arrays.copyOf(good, Math.max(1, good.length * 3 / 5));
      case OVERSIZE -> {
        byte[] large = Arrays.copyOf(good, Math.max(good.length + 1, fault.bytes()));
        Arrays.fill(large, good.length, large.length, (byte) ' ');
        yield large;
      }
      default -> throw new IllegalArgumentException(fault.kind() + " spoils no payload");
    };
  }

  private static String one(List<String> ways, long draw) {
    return ways.get((int) Long.remainderUnsigned(draw, ways.size()));
  }
}
