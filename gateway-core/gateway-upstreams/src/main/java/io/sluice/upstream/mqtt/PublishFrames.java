package io.sluice.upstream.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;

/**
 * The PUBLISH packets of a batch in one array, so that many of them are one write. Whoever sends
 * them fills in the packet ids. Handed from the thread that made them to the event loop.
 */
final class PublishFrames {
  private final byte[] bytes;
  private final int[] starts;
  private final int[] packetIds;
  private final int count;
  private final Map<Integer, String> unfit;

  /**
   * @param starts offset of each packet, and behind the last one the end
   * @param packetIds offset of each packet's id, where there is one
   * @param unfit records that cannot be published, and why; their packets are empty
   */
  PublishFrames(
      byte[] bytes, int[] starts, int[] packetIds, int count, Map<Integer, String> unfit) {
    this.bytes = bytes;
    this.starts = starts;
    this.packetIds = packetIds;
    this.count = count;
    this.unfit = unfit;
  }

  int count() {
    return count;
  }

  Map<Integer, String> unfit() {
    return unfit;
  }

  void packetId(int index, int id) {
    int at = packetIds[index];
    bytes[at] = (byte) (id >>> 8);
    bytes[at + 1] = (byte) id;
  }

  int length(int index) {
    return starts[index + 1] - starts[index];
  }

  /** Those packets as they lie. */
  ByteBuf slice(int from, int to) {
    return Unpooled.wrappedBuffer(bytes, starts[from], starts[to] - starts[from]);
  }
}
