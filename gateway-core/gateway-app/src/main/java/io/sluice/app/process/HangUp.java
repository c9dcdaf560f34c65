package io.sluice.app.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the gateway does at SIGHUP: it reads its files anew, and does not end. Service managers send
 * it to have that done, and a terminal that closes sends it too; the virtual machine alone would
 * end in order, with exit code 0, and no service manager would start it again.
 */
public final class HangUp {
  private static final Logger LOG = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /** Until the gateway has started: says so. */
  public static void install() {
    install(() ->
        LOG.info(
            "SIGHUP: the gateway is starting, and reads its files; send it again once it is ready"));
  }

  /**
   * Has this run at SIGHUP instead, on a thread of the virtual machine.
   *
   * <p>The class for signals is of a module that no compiler lets pass without a warning; a runtime
   * without it goes on as it would.
   */
  @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
  public static void install(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler run =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              action.run();
              return null;
            }
            return method.getName().equals("equals")
                ? (Object) (proxy == arguments[0])
                : method.getName().equals("hashCode") ? (Object) 1 : "at SIGHUP";
          };
      Object proxy =
          Proxy.newProxyInstance(HangUp.class.getClassLoader(), new Class<?>[] {handler}, run);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
    } catch (ReflectiveOperationException e) {
      LOG.debug("SIGHUP ends the gateway here", e);
    }
  }
}
