package io.sluice.adapter.testkit;

import io.sluice.api.adapter.AdapterFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;

/** What a gateway loads of adapters that nobody has configured, in a process of its own. */
public final class LoadedClasses {
  private LoadedClasses() {}

  /** Does what a gateway does at its start: asks each factory for its type and its settings. */
  static final class Start {
    private Start() {}

    public static void main(String[] args) {
      try (PrintStream out =
          new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
        for (AdapterFactory<?> factory : ServiceLoader.load(AdapterFactory.class)) {
          out.println(
              "type "
                  + factory.type()
                  + ' '
                  + factory.direction()
                  + ' '
                  + factory.settings().getSimpleName());
        }
      }
    }
  }

  /**
   * What the process says that knows the adapters of this class path: a line for each of its
   * adapters, {@code type TYPE DIRECTION SETTINGS}, among those of the JVM on classes.
   *
   * @throws IOException where it fails
   */
  public static List<String> ofAdaptersUnnamed() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-Xlog:class+load:stdout",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Start.class.getName()))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException("the process failed: " + said);
    }
    return said.lines().toList();
  }
}
