package io.sluice.sim.fleet;

import io.sluice.sim.device.PayloadForm;
import io.sluice.sim.scenario.Fault;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Payloads that nobody may take for a record. */
final class SpoiltPayload {
  private static final byte[] BROKEN_JSON =
      "{\"n\":12,\"temperature\":}".getBytes(StandardCharsets.UTF_8);

  /** A map of one pair whose key is the break code: not well-formed (RFC 8949, appendix F). */
  private static final byte[] BROKEN_CBOR = {(byte) 0xA1, (byte) 0xFF, 0x00};

  private SpoiltPayload() {}

  static byte[] of(Fault fault, PayloadForm form, byte[] good) {
    boolean isBinary = form == PayloadForm.CBOR || form == PayloadForm.SENML_CBOR;
    return switch (fault.kind()) {
      case MALFORMED -> isBinary ? BROKEN_CBOR : BROKEN_JSON;
      case TRUNCATED -> Arrays.copyOf(good, Math.max(1, good.length * 3 / 5));
      case OVERSIZE -> {
        byte[] large = Arrays.copyOf(good, Math.max(good.length + 1, fault.bytes()));
        Arrays.fill(large, good.length, large.length, (byte) ' ');
        yield large;
      }
      default -> throw new IllegalArgumentException(fault.kind() + " spoils no payload");
    };
  }
}
