package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two modules' tests, in two processes at once, are never given the same port. */
class FreePortTest {
  private static final int MANY = 1_000;

  /** The process beside this one: says what it is given, and lives until its input ends. */
  static final class Beside {
    public static void main(String[] arguments) throws IOException {
      System.out.println(String.join(" ", take().map(String::valueOf).toList()));
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static Stream<Integer> take() throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      ports.add(FreePort.next());
    }
    return ports.stream();
  }

  @Test
  void whatOneProcessIsGivenNoOtherIsGiven() throws Exception {
    Process beside =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Beside.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = beside.inputReader(StandardCharsets.UTF_8)) {
      List<Integer> its = Stream.of(said.readLine().split(" ", -1)).map(Integer::valueOf).toList();
      List<Integer> own = take().toList();
      assertThat(its).hasSize(MANY).doesNotHaveDuplicates();
      assertThat(own).hasSize(MANY).doesNotHaveDuplicates().doesNotContainAnyElementsOf(its);
    } finally {
      beside.destroyForcibly().waitFor();
    }
  }
}
