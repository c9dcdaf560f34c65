package io.sluice.cli.config;

import io.sluice.api.files.OwnerOnly;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory {@code gateway.data}: its owner's alone, and of one gateway at a time. */
public final class DataDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);
  public static final String LOCK = "gateway.lock";

  private final FileChannel lock;

  private DataDirectory(FileChannel lock) {
    this.lock = lock;
  }

  /**
   * Makes the directory where it is missing, and takes it.
   *
   * @throws IOException where it cannot be had; the message names the key and the remedy
   */
  public static DataDirectory open(Path data) throws IOException {
    try {
      Files.createDirectories(data, OwnerOnly.directory(data));
    } catch (IOException e) {
      throw new IOException(
          "gateway.data: "
              + data
              + " cannot be made ("
              + e.getClass().getSimpleName()
              + "); name a directory whose parent this user may write, and where no file of that"
              + " name is",
          e);
    }
    DataDirectory taken = new DataDirectory(take(data));
    if (OwnerOnly.isOpenToOthers(data)) {
      LOG.warn(
          "gateway.data: other users of this machine may look into {}; chmod 700 {}", data, data);
    }
    return taken;
  }

  private static FileChannel take(Path data) throws IOException {
    Path file = data.resolve(LOCK);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              OwnerOnly.file(file));
    } catch (IOException e) {
      throw new IOException(
          "gateway.data: "
              + data
              + " cannot be written by "
              + System.getProperty("user.name")
              + "; chown it to the gateway's user, or name another",
          e);
    }
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      LOG.debug("a gateway of this process has {}", data);
    }
    if (lock == null) {
      channel.close();
      throw new IOException(
          "gateway.data: another gateway uses "
              + data
              + "; stop it, or give this one a directory of its own");
    }
    return channel;
  }

  /** Whether a gateway holds the directory at this moment. */
  public static boolean isInUse(Path data) {
    // the second is all that an earlier program holds
    return isHeld(data.resolve(LOCK)) || isHeld(data.resolve("spool").resolve("lock"));
  }

  private static boolean isHeld(Path file) {
    if (!Files.isWritable(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException e) {
      return true; // a gateway in this process
    } catch (IOException e) {
      return false; // said by the check of permissions
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
