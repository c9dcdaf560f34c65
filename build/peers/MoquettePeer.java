import io.moquette.broker.Server;
import io.moquette.broker.config.MemoryConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Moquette in memory, for benchmarks: folder, port; serves until killed. */
final class MoquettePeer {
  private MoquettePeer() {}

  public static void main(String[] arguments) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("host", "127.0.0.1");
    properties.setProperty("port", arguments[1]);
    properties.setProperty("allow_anonymous", "true");
    properties.setProperty("persistence_enabled", "false");
    properties.setProperty("telemetry_enabled", "false");
    properties.setProperty("data_path", Files.createDirectories(Path.of(arguments[0])).toString());
    new Server().startServer(new MemoryConfig(properties));
    Thread.currentThread().join();
  }
}
