package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Dialogue;
import io.sluice.engine.config.Faults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dialects of vendors are read when a device could mean one of them, and not before. */
class SleepingDialectsTest {
  @TempDir private Path folder;

  private final Faults faults = new Faults();

  @BeforeAll
  static void arePacked() {
    assumeThat(Dialects.class.getResource("shipped/sluice.yaml"))
        .as("the build packs them")
        .isNotNull();
  }

  /** With the shipped files as the program itself has them. */
  private Dialects load(Path... own) {
    return Dialects.load(new DialectPlaces(folder.resolve("none"), List.of(own)), faults);
  }

  /** What one is told by who has to wait for it first. */
  private static <T> T onceAwake(Callable<T> asked) throws Exception {
    Awaited dialects = assertThrows(Awaited.class, asked::call);
    dialects.ready().toCompletableFuture().get(30, TimeUnit.SECONDS);
    return asked.call();
  }

  private static void awaitDisk(CountDownLatch disk) {
    try {
      assertThat(disk.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private TopicTable usual(Dialects dialects) {
    return dialects.topics(List.of(), Map.of()).table("any");
  }

  @Test
  void ownTopicsAndCommandsLeaveThemAsleep() throws Exception {
    Dialects dialects = load();
    Topics topics = dialects.topics(List.of(), Map.of());
    TopicTable table = topics.table("any");
    for (String topic : List.of("telemetry", "t", "e", "alarm/child-1", "state", "event/child-2")) {
      assertThat(table.route(topic)).as(topic).isNotNull();
    }
    assertThat(table.names()).isEqualTo(dialects.usual()).contains("sluice", "alink", "aws-iot");
    assertThat(dialects.names()).contains("azure-iot-hub", "tasmota");
    Device device =
        new Device(new DeviceId("d"), "any", "farm", "a", null, null, true, true, false);
    Dialogue dialogue = topics.dialogue(new Admission.Admitted(device), _ -> null, _ -> null);
    dialogue.subscribed(Set.of("command/#"));
    assertThat(dialogue.isImplicit()).isFalse();
    assertThat(table.isAwake()).isFalse();
    assertThat(onceAwake(() -> dialogue.maySubscribe("v1/devices/me/rpc/request/+"))).isTrue();
    assertThat(table.isAwake()).isTrue();
    assertThat(faults.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1/devices/me/telemetry",
        "devices/d/messages/events/",
        "$oc/devices/d/sys/messages/up"
      })
  void topicOfAVendorWakesThem(String topic) {
    TopicTable table = usual(load());
    assertThat(table.route(topic)).isNotNull();
    assertThat(table.isAwake()).isTrue();
  }

  @Test
  void whoMayNotWaitIsToldWhenToAskAgain() throws Exception {
    Topics topics = load().topics(List.of(), Map.of());
    assertThat(topics.routeNow("any", "telemetry")).isNotNull();
    assertThat(topics.table("any").isAwake()).isFalse();
    assertThat(onceAwake(() -> topics.maps("v1/devices/me/telemetry"))).isTrue();
    assertThat(topics.routeNow("any", "v1/devices/me/telemetry")).isNotNull();
    assertThat(topics.routeNow("any", "nobodys/topic")).isNull();
  }

  /** However long they take, and whatever comes of them. */
  @Test
  void theyAreReadByAThreadOfTheirOwnOnce() throws Exception {
    Dialects dialects = DialectsOf.shipped(folder.resolve("none"));
    CountDownLatch disk = new CountDownLatch(1);
    List<String> readers = new CopyOnWriteArrayList<>();
    TopicTable whole = dialects.topics(List.of("sluice", "alink"), Map.of()).table("any");
    TopicTable part =
        new TopicTable()
            .asPartOf(
                List.of("sluice"),
                () -> {
                  readers.add(Thread.currentThread().getName());
                  awaitDisk(disk);
                  return whole;
                });
    Awaited first = assertThrows(Awaited.class, () -> part.routeNow("telemetry"));
    Awaited second = assertThrows(Awaited.class, part::signInsNow);
    assertThat(second.ready()).isSameAs(first.ready()).isNotDone();
    disk.countDown();
    first.ready().toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertThat(part.routeNow("telemetry")).isNotNull();
    assertThat(readers).containsExactly("dialects");
    TopicTable broken =
        new TopicTable()
            .asPartOf(
                List.of("sluice"),
                () -> {
                  throw new IllegalStateException("as told");
                });
    Awaited never = assertThrows(Awaited.class, () -> broken.routeNow("a"));
    assertThat(never.ready()).failsWithin(Duration.ofSeconds(30));
    assertThatThrownBy(() -> broken.routeNow("a")).hasStackTraceContaining("as told");
  }

  @Test
  void topicOfNobodyIsToldAllThatThereAre() {
    TopicTable table = usual(load());
    assertThat(table.route("nobodys/topic")).isNull();
    assertThat(table.hint()).contains("telemetry", "v1/devices/me/telemetry", "$oc/devices/");
  }

  @Test
  void signInWakesThem() throws Exception {
    Topics topics = load().topics(List.of(), Map.of());
    assertThat(
            onceAwake(topics::signIns)
                .claims(new Credentials.Password("pump7@PLANT1", new byte[] {1}, "any")))
        .isNotEmpty();
    assertThat(topics.table("any").isAwake()).isTrue();
  }

  /** What the part that is awake says is what the whole list would say. */
  @Test
  void noTopicMeansAnotherThingOnceTheyAreAwake() {
    List<String> topics = new ArrayList<>();
    for (String word : List.of("telemetry", "event", "alarm", "state", "t", "e", "a", "s")) {
      for (String rest :
          List.of("", "/child-1", "/", "/?content-type=text%2Fplain", "/?x", "/a/b")) {
        topics.add(word + rest);
      }
    }
    TopicTable whole = usual(load());
    assertThat(whole.route("v2/t")).isNotNull();
    for (String topic : topics) {
      RoutedTopic alone = usual(load()).route(topic);
      RoutedTopic among = DialectsOf.everything(folder.resolve("none")).route(topic);
      assertThat(alone == null ? null : alone.dialect() + alone.rule() + alone.device())
          .as(topic)
          .isEqualTo(among == null ? null : among.dialect() + among.rule() + among.device());
    }
  }

  /** All of them in another order, so that none sleeps. */
  private static final class DialectsOf {
    static Dialects shipped(Path folder) {
      return Dialects.load(new DialectPlaces(folder, List.of()), new Faults());
    }

    static TopicTable everything(Path shipped) {
      Dialects dialects = shipped(shipped);
      List<String> names = new ArrayList<>(dialects.usual());
      names.add(names.remove(1));
      return dialects.topics(names, Map.of()).table("any");
    }
  }

  @Test
  void listThatNamesThemAndFilesOfOnesOwnHaveThemReadAtOnce() throws Exception {
    assertThat(load().topics(List.of("sluice", "alink"), Map.of()).table("any").isAwake()).isTrue();
    Path own = Files.createDirectory(folder.resolve("dialects"));
    Files.writeString(
        own.resolve("mine.yaml"), "up:\n  - { topic: v1/devices/me/telemetry, class: alarm }\n");
    var _ = usual(load(own));
    assertThat(faults.list())
        .singleElement()
        .asString()
        .contains("mine.yaml", "means something else", "of dialect thingsboard");
  }

  /** An installation begins as a copy of the configuration that is shipped. */
  @Test
  void copyOfAllThatIsShippedSleepsAsWell() throws Exception {
    Path own = Files.createDirectory(folder.resolve("dialects"));
    try (Stream<Path> shipped = Files.list(ShippedDialects.FOLDER)) {
      for (Path each : shipped.toList()) {
        Files.copy(each, own.resolve(each.getFileName()));
      }
    }
    TopicTable table = usual(load(own));
    assertThat(table.route("telemetry")).isNotNull();
    assertThat(table.isAwake()).isFalse();
    assertThat(table.route("v1/devices/me/telemetry")).isNotNull();
    Path ours = own.resolve("sluice.yaml");
    Files.writeString(ours, Files.readString(ours).replace("{ topic: t,", "{ topic: tt,"));
    TopicTable changed = usual(load(own));
    assertThat(changed.isAwake()).isTrue();
    assertThat(changed.route("tt")).isNotNull();
    assertThat(faults.list()).isEmpty();
  }

  @Test
  void onesOwnCopyOfThemIsReadAtOnceWhereItSaysAnotherThing() throws Exception {
    Path own = Files.createDirectory(folder.resolve("dialects"));
    Files.writeString(own.resolve("alink.yaml"), "up:\n  - { topic: a/b, class: nonsense }\n");
    var _ = load(own);
    assertThat(faults.list()).singleElement().asString().contains("alink.yaml:2");
  }
}
