package io.sluice.cli.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a compressed archive of plain files, in the ustar format (POSIX.1-1988): names up to 100
 * bytes, files readable by their owner alone.
 */
final class TarGz implements AutoCloseable {
  private static final int BLOCK_BYTES = 512;
  private static final int NAME_BYTES = 100;

  private final OutputStream out;
  private final long epochSecond;

  /**
   * @param epochSecond time of every file
   */
  TarGz(OutputStream out, long epochSecond) throws IOException {
    this.out = new GZIPOutputStream(out);
    this.epochSecond = epochSecond;
  }

  void add(String name, byte[] content) throws IOException {
    byte[] header = new byte[BLOCK_BYTES];
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if (path.length > NAME_BYTES) {
      throw new IOException("the name is too long for the archive: " + name);
    }
    System.arraycopy(path, 0, header, 0, path.length);
    put(header, 100, "0000600\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, "%011o\0".formatted(content.length));
    put(header, 136, "%011o\0".formatted(epochSecond));
    put(header, 148, "        "); // the sum is taken with blanks in its own place
    header[156] = '0';
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    out.write(header);
    out.write(content);
    out.write(new byte[(BLOCK_BYTES - content.length % BLOCK_BYTES) % BLOCK_BYTES]);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  @Override
  public void close() throws IOException {
    out.write(new byte[2 * BLOCK_BYTES]);
    out.close();
  }
}
