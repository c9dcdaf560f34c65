package io.sluice.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.cli.config.PortRequirement;
import io.sluice.cli.doctor.Finding.Grade;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Scanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final long MB = 1 << 20;

  @TempDir Path root;

  private HostChecks host(Instant now) {
    return new HostChecks(root, Clock.fixed(now, ZoneOffset.UTC));
  }

  private HostChecks host() {
    return host(NOW);
  }

  private void file(String name, String text) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void isWarning(Finding finding, String found, String remedy) {
    assertThat(finding.grade()).isEqualTo(Grade.WARN);
    assertThat(finding.found()).contains(found);
    assertThat(finding.remedy()).contains(remedy);
  }

  private static void isFailure(Finding finding, String found, String remedy) {
    assertThat(finding.grade()).isEqualTo(Grade.FAIL);
    assertThat(finding.found()).contains(found);
    assertThat(finding.remedy()).contains(remedy);
  }

  private static PortRequirement tcp(int port, int maxConnections) {
    return new PortRequirement("mqtt", "127.0.0.1", port, false, maxConnections, 0);
  }

  private static PortRequirement udp(int port, long receiveBytes) {
    return new PortRequirement("coap", "127.0.0.1", port, true, 0, receiveBytes);
  }

  @Test
  void listenersForAllOfSeveralAddressesAnswerFromTheOneAskedWhereTheSystemLetsThem() {
    List<PortRequirement> doors =
        List.of(new PortRequirement("coaps", "0.0.0.0", 5684, true, 0, 0), tcp(1883, 1));
    assertThat(HostChecks.udpAddresses(doors, 1, false).grade()).isEqualTo(Grade.OK);
    assertThat(HostChecks.udpAddresses(doors, 3, true).found()).contains("coaps: 3 addresses");
    isWarning(HostChecks.udpAddresses(doors, 3, false), "3 addresses", "listeners.coaps.host");
    PortRequirement named = new PortRequirement("coap", "10.0.0.1", 5683, true, 0, 0);
    assertThat(HostChecks.udpAddresses(List.of(named), 3, false).grade()).isEqualTo(Grade.OK);
  }

  @Test
  void machineThatSaysNothingIsNotHeldAgainst() {
    assertThat(host().memory(MB).grade()).isEqualTo(Grade.OK);
    assertThat(host().entropy().grade()).isEqualTo(Grade.OK);
    assertThat(host().openFiles(List.of()).grade()).isEqualTo(Grade.OK);
    assertThat(host().receiveBuffer(List.of(udp(0, MB))).grade()).isEqualTo(Grade.OK);
  }

  @Test
  void olderOrNarrowerJavaFails() {
    assertThat(host().java(25, "64").grade()).isEqualTo(Grade.OK);
    isFailure(host().java(21, "64"), "Java 21", "JDK 25");
    isFailure(host().java(25, "32"), "32 bit", "64-bit");
  }

  @Test
  void memoryIsTheLesserOfWhatIsFreeAndTheLimit() throws Exception {
    file("proc/meminfo", "MemTotal: 2000000 kB\nMemAvailable:    1048576 kB\n");
    assertThat(host().memory(500 * MB))
        .isEqualTo(Finding.ok("memory", "1024 MB may be used, the heap may grow to 500 MB"));
    isWarning(host().memory(1000 * MB), "1024 MB", "-Xmx614m");
    file("sys/fs/cgroup/memory.max", "134217728\n");
    isWarning(host().memory(64 * MB), "128 MB may be used", "192 MB");
    file("sys/fs/cgroup/memory.max", "max\n");
    assertThat(host().memory(500 * MB).grade()).isEqualTo(Grade.OK);
  }

  @Test
  void clockOfAnotherCenturyFailsAndOneThatNobodyKeepsIsAWarning() throws Exception {
    isFailure(host(Instant.EPOCH).clock(), "1970-01-01", "timedatectl");
    isWarning(host().clock(), "no time service", "chrony");
    file("run/systemd/timesync/synchronized", "");
    assertThat(host().clock().grade()).isEqualTo(Grade.OK);
  }

  @Test
  void littleEntropyIsAWarning() throws Exception {
    file("proc/sys/kernel/random/entropy_avail", "256\n");
    assertThat(host().entropy().grade()).isEqualTo(Grade.OK);
    file("proc/sys/kernel/random/entropy_avail", "40\n");
    isWarning(host().entropy(), "40 bits", "rng-tools");
  }

  @Test
  void openFilesAreComparedWithTheConnectionsConfigured() throws Exception {
    file("proc/self/limits", "Max open files            65536                65536     files\n");
    assertThat(host().openFiles(List.of(tcp(0, 60_000))).grade()).isEqualTo(Grade.OK);
    isWarning(
        host().openFiles(List.of(tcp(0, 60_000), tcp(0, 60_000))),
        "at most 65280 are taken",
        "LimitNOFILE");
    file("proc/self/limits", "Max open files            256                  4096      files\n");
    isFailure(host().openFiles(List.of()), "limit 256", "LimitNOFILE=65536");
  }

  @Test
  void receiveBufferIsComparedWithWhatTheSystemGrants() throws Exception {
    file("proc/sys/net/core/rmem_max", "212992\n");
    isWarning(
        host().receiveBuffer(List.of(udp(0, 4 * MB))),
        "4096 KB wanted, net.core.rmem_max is 208 KB",
        "sysctl -w net.core.rmem_max=4194304");
    assertThat(host().receiveBuffer(List.of(tcp(0, 1))).found()).isEqualTo("no UDP listener");
    file("proc/sys/net/core/rmem_max", "4194304\n");
    assertThat(host().receiveBuffer(List.of(udp(0, 4 * MB))).grade()).isEqualTo(Grade.OK);
  }

  @Test
  void dataDirectoryThatCannotBeMadeFails() throws Exception {
    assertThat(new DiskChecks(root.resolve("a/b/c")).permissions().grade()).isEqualTo(Grade.OK);
    file("plain", "");
    isFailure(new DiskChecks(root.resolve("plain/var")).permissions(), "plain", "gateway.data");
  }

  @Test
  void diskIsTimedAndLeftAsItWas() throws Exception {
    Finding speed = new DiskChecks(root.resolve("var")).speed();
    assertThat(speed.grade()).isNotEqualTo(Grade.FAIL);
    assertThat(speed.found()).contains("fdatasync of 4 KB takes");
    assertThat(root).isEmptyDirectory();
    assertThat(DiskChecks.speed(0.4, 3).grade()).isEqualTo(Grade.OK);
    isWarning(DiskChecks.speed(45, 300), "45.0 ms", "SSD");
  }

  @Test
  void spaceIsComparedWithTheSpoolsBounds() throws Exception {
    assertThat(DiskChecks.space(3000 * MB, 2112 * MB).grade()).isEqualTo(Grade.OK);
    isWarning(DiskChecks.space(100 * MB, 2112 * MB), "100 MB free", "spool.max-bytes");
    assertThat(new DiskChecks(root).space(1).check()).isEqualTo("disk space");
  }

  @Test
  void takenPortsFailUnlessTheyAreTheGatewaysOwn() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket tcp = new ServerSocket(0, 1, loopback);
        DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, 0))) {
      List<PortRequirement> doors =
          List.of(tcp(tcp.getLocalPort(), 1), udp(udp.getLocalPort(), 1), tcp(0, 1));
      List<Finding> findings = PortCheck.of(doors, false);
      isFailure(findings.get(0), "/tcp is taken", "ss -lptun");
      isFailure(findings.get(1), "/udp is taken", "ss -lptun");
      assertThat(findings.get(2).grade()).isEqualTo(Grade.OK);
      assertThat(PortCheck.of(doors, true)).allMatch(each -> each.grade() == Grade.OK);
    }
    PortRequirement foreign = new PortRequirement("mqtt", "192.0.2.1", 0, false, 1, 0);
    isFailure(PortCheck.of(List.of(foreign), false).getFirst(), "no address", "0.0.0.0");
  }

  @Test
  void lockedSpoolIsOneInUse() throws Exception {
    DiskChecks disk = new DiskChecks(root);
    assertThat(disk.isInUse()).isFalse();
    file("spool/lock", "");
    assertThat(disk.isInUse()).isFalse();
    try (FileChannel lock =
        FileChannel.open(root.resolve("spool/lock"), StandardOpenOption.WRITE)) {
      assertThat(lock.tryLock()).isNotNull();
      assertThat(disk.isInUse()).isTrue();
    }
  }

  @Test
  void systemsOwnFilesAreReadWhole() throws Exception {
    Path most = Path.of("/proc/sys/net/core/rmem_max");
    assumeTrue(Files.isReadable(most), "no Linux");
    long kilobytes;
    try (Scanner scanner = new Scanner(most, StandardCharsets.US_ASCII)) {
      kilobytes = scanner.nextLong() / 1024;
    }
    HostChecks here = new HostChecks(Path.of("/"), Clock.systemUTC());
    assertThat(here.receiveBuffer(List.of(udp(0, 1))).found()).endsWith(kilobytes + " KB");
  }
}
