package io.sluice.engine.normalize.codec;

import io.sluice.api.Device;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.profile.Profile;
import io.sluice.engine.normalize.sample.Samples;
import tools.jackson.core.JsonParser;

/** Reads the tokens of one document, JSON or CBOR, into columns. Confined to one thread. */
interface DocumentReader {
  /**
   * Takes one document, from its first token on.
   *
   * @param lookahead at what stands further on in the same payload
   * @param receivedMicros when it arrived, microseconds since the epoch
   */
  void decode(
      JsonParser parser,
      Profile profile,
      Device device,
      Samples samples,
      Lookahead lookahead,
      long receivedMicros)
      throws PayloadException;

  /** The byte that it has come to, for faults that carry no place of their own. */
  long at();
}
