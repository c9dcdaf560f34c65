import io.sluice.testkit.KafkaBroker;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A Kafka broker of its own process, for benchmarks: prints its address, serves until killed. After
 * its folder come settings, {@code name=value}.
 */
final class KafkaPeer {
  private KafkaPeer() {}

  public static void main(String[] arguments) throws Exception {
    KafkaBroker broker =
        new KafkaBroker(
            Path.of(arguments[0]),
            "127.0.0.1",
            Arrays.stream(arguments)
                .skip(1)
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(each -> each[0], each -> each[1])));
    System.out.println(broker.address());
    Thread.currentThread().join();
  }
}
