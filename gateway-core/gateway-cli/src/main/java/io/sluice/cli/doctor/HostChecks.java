package io.sluice.cli.doctor;

import io.sluice.cli.Version;
import io.sluice.cli.config.PortRequirement;
import io.sluice.cli.doctor.Finding.Grade;
import java.io.IOException;
import java.io.InputStream;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the machine gives: Java, memory, clock, randomness, open files, receive buffers. Linux, by
 * its files; what one does not say is not held against it.
 */
final class HostChecks {
  private static final long MB = 1 << 20;
  private static final long MEMORY_LEAST_BYTES = 192 * MB;
  private static final int ENTROPY_LEAST_BITS = 128;
  private static final int OWN_FILES = 256;
  private static final int TEXT_BYTES = 64 << 10;
  private static final Pattern OPEN_FILES = Pattern.compile("Max open files +(\\d+|unlimited) .*");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable: +(\\d+) kB");

  /** Written by systemd-timesyncd, chrony and ntpd while they have a source. */
  private static final List<String> TIME_SERVICES =
      List.of(
          "run/systemd/timesync/synchronized",
          "run/chrony/chronyd.pid",
          "var/run/chrony/chronyd.pid",
          "run/ntpd.pid",
          "var/run/ntpd.pid");

  private final Path root;
  private final Clock clock;

  /**
   * @param root the file system's root, or a copy of the few files that are looked at
   */
  HostChecks(Path root, Clock clock) {
    this.root = root;
    this.clock = clock;
  }

  /**
   * @param feature Java's feature version, 25
   * @param bits of a pointer
   */
  Finding java(int feature, String bits) {
    String found = "Java " + feature + ", " + bits + " bit";
    return feature >= 25 && bits.equals("64")
        ? Finding.ok("java", found)
        : Finding.fail("java", found, "take the bundled runtime, or a 64-bit JDK 25");
  }

  /**
   * @param maxHeapBytes what the Java heap may grow to
   */
  Finding memory(long maxHeapBytes) {
    long limit = number(text("sys/fs/cgroup/memory.max"), Long.MAX_VALUE);
    Matcher line = AVAILABLE.matcher(text("proc/meminfo"));
    long available = line.find() ? Long.parseLong(line.group(1)) * 1024 : Long.MAX_VALUE;
    long most = Math.min(limit, available);
    String found =
        "%s may be used, the heap may grow to %d MB"
            .formatted(
                most == Long.MAX_VALUE ? "memory without a limit" : most / MB + " MB",
                maxHeapBytes / MB);
    if (most < MEMORY_LEAST_BYTES) {
      return Finding.warn(
          "memory", found, "the gateway wants 192 MB; end other programs or raise the limit");
    }
    return most < Long.MAX_VALUE && maxHeapBytes > most / 10 * 8
        ? Finding.warn(
            "memory",
            found,
            "leave room beside the heap: SLUICE_OPTS=-Xmx%dm".formatted(most / MB * 6 / 10))
        : Finding.ok("memory", found);
  }

  /** A clock that is plainly wrong makes times of measurement and certificates worthless. */
  Finding clock() {
    Instant now = clock.instant();
    int year = now.atZone(ZoneOffset.UTC).getYear();
    if (now.isBefore(Version.built()) || year > 2100) {
      return Finding.fail(
          "clock", "it is " + now + " here", "set it: timedatectl set-ntp true, or date -s");
    }
    boolean isKept = TIME_SERVICES.stream().anyMatch(each -> Files.exists(root.resolve(each)));
    return isKept
        ? Finding.ok("clock", now + ", kept by a time service")
        : Finding.warn(
            "clock",
            now + ", no time service seen",
            "install chrony, or: timedatectl set-ntp true (a container has its host's clock)");
  }

  Finding entropy() {
    long bits = number(text("proc/sys/kernel/random/entropy_avail"), Long.MAX_VALUE);
    if (bits == Long.MAX_VALUE) {
      return Finding.ok("entropy", "the system does not say");
    }
    return bits >= ENTROPY_LEAST_BITS
        ? Finding.ok("entropy", bits + " bits")
        : Finding.warn(
            "entropy",
            bits + " bits: keys and handshakes may wait",
            "install rng-tools or haveged, or give the virtual machine a virtio-rng");
  }

  Finding openFiles(List<PortRequirement> ports) {
    Matcher line = OPEN_FILES.matcher(text("proc/self/limits"));
    if (!line.find() || line.group(1).equals("unlimited")) {
      return Finding.ok("open files", "no limit");
    }
    long limit = Long.parseLong(line.group(1));
    long wanted = ports.stream().mapToLong(PortRequirement::maxConnections).sum();
    String found = "limit %d, connections configured %d".formatted(limit, wanted);
    if (limit < OWN_FILES * 4) {
      return Finding.fail("open files", found, "LimitNOFILE=65536 in the unit, or ulimit -n 65536");
    }
    return wanted > limit - OWN_FILES
        ? Finding.warn(
            "open files",
            found + ": at most " + (limit - OWN_FILES) + " are taken",
            "raise LimitNOFILE in the unit (ulimit -n), or lower max-connections")
        : Finding.ok("open files", found);
  }

  Finding receiveBuffer(List<PortRequirement> ports) {
    long wanted = ports.stream().mapToLong(PortRequirement::receiveBytes).max().orElse(0);
    long most = number(text("proc/sys/net/core/rmem_max"), Long.MAX_VALUE);
    if (wanted == 0 || most == Long.MAX_VALUE) {
      return Finding.ok("udp buffer", wanted == 0 ? "no UDP listener" : "the system does not say");
    }
    String found =
        String.format(
            Locale.ROOT, "%d KB wanted, net.core.rmem_max is %d KB", wanted / 1024, most / 1024);
    return most >= wanted
        ? Finding.ok("udp buffer", found)
        : Finding.warn(
            "udp buffer",
            found + ": bursts of devices are lost and sent again",
            "sysctl -w net.core.rmem_max=" + wanted + ", and the same in /etc/sysctl.d");
  }

  /**
   * Whether devices that ask over UDP hear from the address that they asked.
   *
   * @param addresses of this machine, without those of the loopback
   * @param isLinux where each address gets a socket of its own
   */
  static Finding udpAddresses(List<PortRequirement> ports, int addresses, boolean isLinux) {
    List<String> open =
        ports.stream()
            .filter(port -> port.isUdp() && port.isForAll())
            .map(PortRequirement::kind)
            .toList();
    if (open.isEmpty() || addresses < 2) {
      return Finding.ok(
          "udp answers", open.isEmpty() ? "no UDP listener for all addresses" : "one address");
    }
    String found = "%s: %d addresses".formatted(String.join(", ", open), addresses);
    return isLinux
        ? Finding.ok("udp answers", found + ", an answer leaves from the one that was asked")
        : Finding.warn(
            "udp answers",
            found + ", the system chooses from which an answer leaves",
            "name the one that devices ask: listeners." + open.getFirst() + ".host");
  }

  /** Addresses of the interfaces that are up, without those of the loopback. */
  static int addresses() {
    try {
      return Math.toIntExact(
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(address -> !address.isLoopbackAddress())
              .count());
    } catch (SocketException unreadable) {
      return 0; // what the system does not say is not held against it
    }
  }

  /** The gravest of some grades. */
  static Grade worst(List<Finding> findings) {
    return findings.stream().map(Finding::grade).max(Grade::compareTo).orElse(Grade.OK);
  }

  private static long number(String text, long otherwise) {
    return text.strip().matches("\\d{1,18}") ? Long.parseLong(text.strip()) : otherwise;
  }

  /** In one read: a file of /proc/sys says nothing more to a second. */
  private String text(String file) {
    byte[] bytes = new byte[TEXT_BYTES];
    try (InputStream in = Files.newInputStream(root.resolve(file))) {
      int read = in.read(bytes);
      return new String(bytes, 0, Math.max(0, read), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      return ""; // a system without it says nothing
    }
  }
}
