package io.sluice.api.adapter;

import java.util.concurrent.CompletionStage;

/**
 * The gateway is getting ready what it needs to answer, and does so once in its life: ask again
 * then. Without a stack trace: it says nothing but that.
 */
public final class Awaited extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient CompletionStage<?> ready;

  /**
   * @param ready done when it may be asked again, also where it failed: it tells why then
   */
  public Awaited(CompletionStage<?> ready) {
    super("is being got ready", null, false, false);
    this.ready = ready;
  }

  /** Done on another thread, when it may be asked again. */
  public CompletionStage<?> ready() {
    return ready;
  }
}
