package io.sluice.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.app.Tool;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In processes of their own, with the launcher's options for the heap or another collector. */
class SerialHeapTest {
  private static List<String> run(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Sizes.class.getName()));
    return Tool.run(command.toArray(String[]::new)).succeeded().output().lines().toList();
  }

  @Test
  void youngGenerationGetsRoomAndGivesItBack() throws Exception {
    List<String> eden =
        run(
            "-XX:+UseSerialGC",
            "-Xms24m",
            "-Xmx512m",
            "-XX:NewSize=4m",
            "-XX:NewRatio=4",
            "-XX:-ShrinkHeapInSteps");
    long first = Long.parseLong(eden.get(0));
    assertThat(Long.parseLong(eden.get(1))).isGreaterThan(2 * first);
    assertThat(Long.parseLong(eden.get(2))).isLessThan(2 * first);
  }

  @Test
  void anotherCollectorIsLeftAlone() throws Exception {
    assertThat(run("-XX:+UseParallelGC", "-Xmx64m")).containsExactly("none");
  }

  /** Prints eden's size at first, with room made, and with it taken back. */
  static final class Sizes {
    /** What lives: the young generation is a share of the room that the old one gets for it. */
    static final byte[] LIVE = new byte[8 << 20];

    private Sizes() {}

    public static void main(String[] args) {
      SerialHeap heap = SerialHeap.ofThisProcess();
      if (heap == null) {
        System.out.println("none");
        return;
      }
      System.out.println(eden());
      heap.collect(90, 90);
      System.out.println(eden());
      heap.collect(20, 40);
      System.out.println(eden());
    }

    private static long eden() {
      return ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getName().equals("Eden Space"))
          .map(MemoryPoolMXBean::getUsage)
          .mapToLong(usage -> usage.getCommitted())
          .findFirst()
          .orElseThrow();
    }
  }
}
