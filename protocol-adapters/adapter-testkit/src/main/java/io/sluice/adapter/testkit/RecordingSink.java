package io.sluice.adapter.testkit;

import io.sluice.api.QualityReason;
import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a codec finds, and takes no more than the gateway's own sink. */
public final class RecordingSink implements MeasurementSink {
  private static final int MAX_VALUES = 4096;
  private static final int MAX_PATH_BYTES = 256;
  private static final long EARLIEST_MICROS = 946_684_800_000_000L;
  private static final long LATEST_MICROS = 4_102_444_800_000_000L;

  /**
   * One field of a message.
   *
   * @param sample in which it came, from 0
   * @param value its text with its type before it; of one that was refused, why
   */
  public record Leaf(int sample, String path, String value, boolean refused) {}

  private final List<Leaf> leaves = new ArrayList<>();
  private final List<String> times = new ArrayList<>();
  private final @Nullable PayloadException bound;
  private int sample;

  public RecordingSink() {
    this(null);
  }

  /**
   * A sink that is full.
   *
   * @param bound what it throws at the first value, or null
   */
  public RecordingSink(@Nullable PayloadException bound) {
    this.bound = bound;
  }

  @Override
  public void unit(String unit) {
    times.add(sample + ": unit " + unit);
  }

  @Override
  public void bad(QualityReason reason) {
    times.add(sample + ": bad " + reason);
  }

  public List<Leaf> leaves() {
    return List.copyOf(leaves);
  }

  /** Each with its sample, and what else was said of the message. */
  public List<String> times() {
    return List.copyOf(times);
  }

  private void add(String path, String value, boolean refused) throws PayloadException {
    if (bound != null) {
      throw bound;
    }
    if (leaves.size() == MAX_VALUES) {
      throw new PayloadException("more than " + MAX_VALUES + " values in one message");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
      leaves.add(new Leaf(sample, path, "a name has at most 256 bytes", true));
    } else {
      leaves.add(new Leaf(sample, path, value, refused));
    }
  }

  @Override
  public void put(String path, long value) throws PayloadException {
    add(path, "integer " + value, false);
  }

  @Override
  public void put(String path, double value) throws PayloadException {
    add(path, "number " + value, false);
  }

  @Override
  public void put(String path, boolean value) throws PayloadException {
    add(path, "truth " + value, false);
  }

  @Override
  public void put(String path, String value) throws PayloadException {
    add(path, "text " + value, false);
  }

  @Override
  public void put(String path, byte[] value) throws PayloadException {
    add(path, "bytes " + HexFormat.of().formatHex(value), false);
  }

  @Override
  public void refuse(String path, String what) throws PayloadException {
    add(path, what, true);
  }

  @Override
  public void warn(String what) {
    times.add("warning: " + what);
  }

  @Override
  public void time(long micros) throws PayloadException {
    boolean isOne = micros >= EARLIEST_MICROS && micros < LATEST_MICROS;
    times.add(sample + (isOne ? " at " : " at what is no time: ") + micros);
  }

  @Override
  public void sample() {
    sample++;
  }

  @Override
  public void historical() {
    times.add("historical");
  }

  @Override
  public void at(int byteOffset) {
    if (byteOffset < 0) {
      throw new AssertionError("no byte is at " + byteOffset);
    }
  }
}
