package io.sluice.fleet.partition;

import io.sluice.engine.coverage.slot.GroupKey;
import io.sluice.engine.coverage.slot.SlotPageCache;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of the store {@value FleetTopology#COVERAGE}: a letter for the kind, then what tells
 * those of a kind apart.
 *
 * <pre>
 * a  gateway 0 alarm id      an alarm, as told last
 * d  device id               a device: number, entry, coverage
 * l  group 0 ring place      a part of how late a group's samples were
 * n                          the number that the next device gets
 * p  hour device span        a page of slots
 * v                          the version of all this
 * w  device id 0 number      a record of a device that is not registered yet
 * </pre>
 */
final class StoreKeys {
  static final byte ALARM = 'a';
  static final byte DEVICE = 'd';
  static final byte LATENESS = 'l';
  static final byte PAGE = 'p';
  static final byte WAITING = 'w';
  static final byte[] NEXT = {'n'};
  static final byte[] VERSION = {'v'};

  private StoreKeys() {}

  static byte[] device(String id) {
    return text(DEVICE, id);
  }

  static byte[] alarm(String gateway, long id) {
    byte[] name = text(ALARM, gateway);
    return ByteBuffer.allocate(name.length + 9).put(name).put((byte) 0).putLong(id).array();
  }

  static byte[] waiting(String id, long number) {
    byte[] name = text(WAITING, id);
    return ByteBuffer.allocate(name.length + 9).put(name).put((byte) 0).putLong(number).array();
  }

  /** Where those of a device begin. */
  static byte[] waitingFrom(String id) {
    return waiting(id, 0);
  }

  /** Where those of a device end. */
  static byte[] waitingTo(String id) {
    return waiting(id, Long.MAX_VALUE);
  }

  static byte[] page(SlotPageCache.Key key) {
    return ByteBuffer.allocate(17)
        .put(PAGE)
        .putLong(key.hour())
        .putInt(key.device())
        .putInt(key.span())
        .array();
  }

  /** Before the pages of that hour. */
  static byte[] pagesTo(long hour) {
    return ByteBuffer.allocate(9).put(PAGE).putLong(hour).array();
  }

  static byte[] lateness(GroupKey group, int ring, int place) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(LATENESS);
      group.write(out);
      out.writeByte(ring);
      out.writeByte(place);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All of a kind begin here. */
  static byte[] from(byte kind) {
    return new byte[] {kind};
  }

  /** All of a kind lie before this. */
  static byte[] to(byte kind) {
    return new byte[] {(byte) (kind + 1)};
  }

  /** The text after the letter, up to a 0 or the end. */
  static String name(byte[] key) {
    int end = 1;
    while (end < key.length && key[end] != 0) {
      end++;
    }
    return new String(Arrays.copyOfRange(key, 1, end), StandardCharsets.UTF_8);
  }

  private static byte[] text(byte kind, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(utf8.length + 1).put(kind).put(utf8).array();
  }
}
