package io.sluice.codec.script;

import java.util.Locale;
import java.util.TimeZone;
import java.util.function.LongSupplier;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.ContextFactory;
import org.mozilla.javascript.NativeObject;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;

/**
 * Where scripts of one thread run: the built-in objects, which all of them share and none can
 * change, and the bounds of a call. Each call has a scope of its own, so that nothing that one call
 * leaves is seen by the next. Confined to one thread.
 *
 * <p>Scripts are interpreted, never compiled to classes: so a call can be ended wherever it is, a
 * {@code finally} of the script included, and recursion takes no stack of the thread.
 */
final class Sandbox {
  private static final int MOST_CALLS_DEEP = 400;

  private static final ThreadLocal<Sandbox> OWN =
      ThreadLocal.withInitial(() -> new Sandbox(System::nanoTime));

  private final Budget budget;
  private final ContextFactory factory = new Factory();
  private final Context context;
  private final ScriptableObject library;

  Sandbox(LongSupplier nanoClock) {
    this.budget = new Budget(nanoClock);
    this.context = factory.enterContext();
    try {
      context.setInstructionObserverThreshold(Integer.MAX_VALUE);
      this.library = Library.make(context);
    } finally {
      Context.exit();
    }
    context.setInstructionObserverThreshold(Budget.STEP);
  }

  /** That of this thread. */
  static Sandbox own() {
    return OWN.get();
  }

  /** What is done in a sandbox. */
  @FunctionalInterface
  interface Work<T> {
    T in(Context context, Scriptable scope);
  }

  /**
   * Does something within the bounds of one call, in a scope of its own.
   *
   * @throws CutOff where it goes beyond
   */
  @SuppressWarnings("unchecked") // what the work returns
  <T> T call(Work<T> work) {
    factory.enterContext(context);
    budget.begin();
    try {
      Scriptable scope = new NativeObject();
      scope.setPrototype(library);
      scope.setParentScope(null);
      return (T)
          ScriptRuntime.doTopCall(
              (cx, within, self, none) -> work.in(cx, within),
              context,
              scope,
              scope,
              ScriptRuntime.emptyArgs,
              false);
    } finally {
      budget.end();
      Context.exit();
    }
  }

  private final class Factory extends ContextFactory {
    @Override
    protected Context makeContext() {
      Context made = super.makeContext();
      made.setLanguageVersion(Context.VERSION_ES6);
      made.setInterpretedMode(true);
      made.setMaximumInterpreterStackDepth(MOST_CALLS_DEEP);
      made.setClassShutter(name -> false);
      made.setGeneratingSource(false);
      made.setLocale(Locale.ROOT);
      made.setTimeZone(TimeZone.getTimeZone("UTC"));
      return made;
    }

    /** No {@code __proto__} and {@code __parent__}, which reach around what is sealed. */
    @Override
    protected boolean hasFeature(Context cx, int feature) {
      return feature != Context.FEATURE_PARENT_PROTO_PROPERTIES && super.hasFeature(cx, feature);
    }

    @Override
    protected void observeInstructionCount(Context cx, int instructions) {
      budget.look(instructions);
    }
  }
}
