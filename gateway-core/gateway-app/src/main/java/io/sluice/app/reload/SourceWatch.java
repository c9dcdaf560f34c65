package io.sluice.app.reload;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the vocabulary read anew once its files have changed and stayed the same from one look to the
 * next: an editor that writes several, or one in steps, is waited for. Run by one thread, at a
 * steady pace; a look reads no file.
 */
public final class SourceWatch implements Runnable {
  private final Supplier<String> stamp;
  private final BooleanSupplier changedAtStart;
  private final Runnable reload;
  private @Nullable String seen;
  private boolean isChanged;

  /**
   * @param stamp how the files look from outside: equal where none was changed
   * @param changedAtStart whether one was changed while the gateway started
   * @param reload reads them anew; must not block
   */
  public SourceWatch(Supplier<String> stamp, BooleanSupplier changedAtStart, Runnable reload) {
    this.stamp = stamp;
    this.changedAtStart = changedAtStart;
    this.reload = reload;
  }

  @Override
  public void run() {
    String now = stamp.get();
    String before = seen;
    seen = now;
    if (before == null) {
      isChanged = changedAtStart.getAsBoolean();
    } else if (!now.equals(before)) {
      isChanged = true;
    } else if (isChanged) {
      isChanged = false;
      reload.run();
    }
  }
}
