package io.sluice.admin;

import io.sluice.api.RejectReason;
import io.sluice.api.operator.DeadLetterRetryService;
import io.sluice.api.operator.DeadLetters.DeadLetter;
import java.util.List;

/**
 * Knows one profile, cnc, by which everything can be read, and none for what an upstream refused.
 */
final class FixedRetries implements DeadLetterRetryService {
  @Override
  public State state(long sequence) {
    return State.REFUSED;
  }

  @Override
  public Retry retry(DeadLetter letter, String profile, boolean accept) {
    boolean isOfUpstream = letter.reason() == RejectReason.UPSTREAM_REFUSED;
    return profile.equals(isOfUpstream ? "" : "cnc")
        ? new Retry(true, null, List.of("{\"seq\":" + letter.sequence() + "}"), accept)
        : Retry.failed("no profile");
  }
}
