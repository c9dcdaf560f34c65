package io.sluice.adapter.http.message;

/** Why a request cannot be served as it came. */
public final class RequestFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status of the answer
   * @param detail one sentence for the client and the log
   */
  public RequestFault(int status, String detail) {
    super(detail, null, false, false); // a peer provokes it: without a stack trace
    this.status = status;
  }

  /** The status of the answer. */
  public int status() {
    return status;
  }

  /** One sentence for the client and the log. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
