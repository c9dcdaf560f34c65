import io.sluice.testkit.KafkaBroker;
import java.nio.file.Path;

/** A Kafka broker of its own process, for benchmarks: prints its address, serves until killed. */
final class KafkaPeer {
  private KafkaPeer() {}

  public static void main(String[] arguments) throws Exception {
    KafkaBroker broker = new KafkaBroker(Path.of(arguments[0]));
    System.out.println(broker.address());
    Thread.currentThread().join();
  }
}
