package io.sluice.sim.audit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Listens at the far end from before the run on, and writes what arrives into a folder of JSON
 * lines, which is audited as the archive of a file upstream is. Thread-safe.
 */
public abstract class FarEndTap implements AutoCloseable {
  private final Path directory;
  private final OutputStream out;
  private final AlarmTimes alarms = new AlarmTimes();
  private long records;
  private @Nullable String fault;

  FarEndTap(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.out =
        new BufferedOutputStream(
            Files.newOutputStream(directory.resolve("far-end.jsonl")), 1 << 16);
  }

  /**
   * Listens at an MQTT broker.
   *
   * @param topic filter of the upstream's topics
   */
  public static FarEndTap mqtt(URI broker, String topic, Path directory) throws IOException {
    return new MqttTap(broker, topic, directory);
  }

  /**
   * Reads Kafka topics.
   *
   * @param topics regular expression of the upstream's topics
   */
  public static FarEndTap kafka(String bootstrap, String topics, Path directory)
      throws IOException {
    return new KafkaTap(bootstrap, topics, directory);
  }

  /** Where the lines are. */
  public Path directory() {
    return directory;
  }

  /** From an alarm's own time, since this listens, to its arrival here, microseconds. */
  public Histogram alarmLatencies() {
    return alarms.latencies();
  }

  /** Records that have come since it listens. */
  public synchronized long records() {
    return records;
  }

  /** Puts down what has arrived; the audit reads it then. */
  public synchronized void flush() throws IOException {
    if (fault != null) {
      throw new IOException(fault);
    }
    out.flush();
  }

  final synchronized void arrived(byte[] record) {
    try {
      out.write(record);
      out.write('\n');
      records++;
      alarms.arrived(record);
    } catch (IOException e) {
      fault = "what arrives cannot be written to " + directory + ": " + e.getMessage();
    }
  }

  /** Ends listening; called once. */
  abstract void leave();

  @Override
  public final void close() throws IOException {
    leave();
    synchronized (this) {
      out.close();
    }
  }
}
