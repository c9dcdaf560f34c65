package io.sluice.api.codec;

import java.nio.file.Path;

/**
 * Makes codecs out of files: beside {@code codec}, the profile names one in {@code script}. Found
 * as {@link PayloadCodecFactory} is, by the same line in {@code META-INF/services}. Thread-safe.
 */
public interface FileCodecFactory extends PayloadCodecFactory {
  /** Largest file, bytes. */
  int MAX_FILE_BYTES = 1 << 20;

  /**
   * Reads a file, and compiles what it says. Called when profiles are loaded, not on an event loop.
   *
   * @return what makes the codecs that do as the file says; of the same {@link #name}
   * @throws CodecFileException where the file cannot be read, or says what cannot be done
   */
  PayloadCodecFactory open(Path file) throws CodecFileException;

  /** A codec of this kind is made out of a file, never without. */
  @Override
  default PayloadCodec create() {
    throw new IllegalStateException("the codec " + name() + " wants a file");
  }
}
