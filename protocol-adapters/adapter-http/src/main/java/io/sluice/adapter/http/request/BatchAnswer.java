package io.sluice.adapter.http.request;

import io.sluice.adapter.http.message.Problem;
import io.sluice.adapter.http.message.Response;
import io.sluice.api.adapter.Receipt;
import java.util.List;

/** The answer to a request of several messages: which were refused, and which are to come again. */
final class BatchAnswer {
  /** More would help nobody. */
  private static final int MAX_NAMED = 100;

  private final String placeName;
  private final StringBuilder refused = new StringBuilder();
  private final StringBuilder again = new StringBuilder();
  private int storedCount;
  private int refusedCount;
  private int againCount;
  private int firstStatus;
  private long retryAfterMillis;
  private boolean isLimited;
  private String firstDetail = "";

  private BatchAnswer(String placeName) {
    this.placeName = placeName;
  }

  /**
   * Puts the verdicts together.
   *
   * @param placeName {@code line} or {@code element}
   */
  static Response of(List<HttpMessage> messages, String placeName) {
    BatchAnswer answer = new BatchAnswer(placeName);
    messages.forEach(answer::add);
    return answer.response(messages.size());
  }

  private void add(HttpMessage message) {
    switch (message.receipt) {
      case null -> storedCount++; // by the request before
      case Receipt.Stored _ -> storedCount++;
      case Receipt.Rejected rejected ->
          refused(message.place, Answers.status(rejected.reason()), rejected.detail());
      case Receipt.Limited limited -> {
        isLimited = true;
        again(message.place, limited.retryAfterMillis(), limited.detail());
      }
      case Receipt.Busy busy ->
          again(message.place, busy.retryAfterMillis(), "no room to store the message");
    }
  }

  private void refused(int place, int status, String detail) {
    if (refusedCount == 0) {
      firstStatus = status;
      firstDetail = placeName + " " + place + ": " + detail;
    }
    if (refusedCount++ < MAX_NAMED) {
      refused
          .append(refused.isEmpty() ? "" : ",")
          .append(
              "{\"%s\":%d,\"status\":%d,\"detail\":%s}"
                  .formatted(placeName, place, status, Problem.quoted(detail)));
    }
  }

  private void again(int place, long millis, String detail) {
    if (againCount++ == 0) {
      firstDetail = detail;
    }
    retryAfterMillis = Math.max(retryAfterMillis, millis);
    again.append(again.isEmpty() ? "" : ",").append(place);
  }

  private Response response(int messages) {
    String members =
        ",\"stored\":%d,\"refusedCount\":%d,\"refused\":[%s]"
            .formatted(storedCount, refusedCount, refused);
    if (againCount > 0) {
      String detail =
          "%d of %d messages are not taken: %s; send those of \"again\" again"
              .formatted(againCount, messages, firstDetail);
      return Problem.of(
              isLimited ? Response.TOO_MANY : Response.UNAVAILABLE,
              detail,
              members + ",\"again\":[" + again + "]")
          .retryAfterMillis(retryAfterMillis);
    }
    if (refusedCount > 0 && storedCount == 0) {
      return Problem.of(firstStatus, firstDetail, members);
    }
    return refusedCount == 0
        ? Answers.json(Response.OK, "{\"stored\":" + storedCount + "}\n")
        : Answers.json(Response.OK, "{" + members.substring(1) + "}\n");
  }
}
