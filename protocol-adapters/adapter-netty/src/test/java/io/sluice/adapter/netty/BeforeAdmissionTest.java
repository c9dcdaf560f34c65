package io.sluice.adapter.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.adapter.testkit.RecordingGateway;
import io.sluice.api.Limit;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bounds on what is not admitted. */
@SuppressWarnings("FutureReturnValueIgnored") // an embedded channel closes at once
class BeforeAdmissionTest {
  private static final int ROOM = 64 << 10;

  private final RecordingGateway gateway = new RecordingGateway();
  private final ListenerGroup group = new ListenerGroup("lines");
  private final BeforeAdmission.Waiting waiting = new BeforeAdmission.Waiting();
  private final AtomicInteger dropped = new AtomicInteger();

  @AfterEach
  void stop() {
    gateway.close();
  }

  private BeforeAdmission before(int room) {
    Peer peer =
        new Peer("lines", new InetSocketAddress(InetAddress.getLoopbackAddress(), 4000), false);
    BeforeAdmission before = new BeforeAdmission(group, waiting, room, gateway, peer);
    before.onRefusal(dropped::incrementAndGet);
    return before;
  }

  private static boolean passes(EmbeddedChannel channel, int bytes) {
    channel.writeInbound(Unpooled.buffer(bytes).writeZero(bytes));
    ByteBuf passed = channel.readInbound();
    if (passed == null) {
      return false;
    }
    passed.release();
    return true;
  }

  @Test
  void whatIsSentCountsUntilTheDeviceIsAdmitted() {
    BeforeAdmission before = before(ROOM);
    EmbeddedChannel channel = new EmbeddedChannel(before);
    assertThat(passes(channel, 100)).isTrue();
    assertThat(group.unadmitted().held()).isEqualTo(Unadmitted.CONNECTION_BYTES + 100);
    before.complete();
    before.admitted();
    assertThat(group.unadmitted().held()).isZero();
    assertThat(channel.pipeline().get(BeforeAdmission.class)).isNull();
    assertThat(passes(channel, ROOM)).as("no bound of this kind any more").isTrue();
    channel.finishAndReleaseAll();
  }

  @Test
  void oneThatEndsGivesBackWhatItTook() {
    EmbeddedChannel channel = new EmbeddedChannel(before(ROOM));
    passes(channel, 100);
    channel.close();
    assertThat(group.unadmitted().held()).isZero();
    assertThat(gateway.refusals()).isEmpty();
  }

  @Test
  void whatOutlivesItsConnectionCountsOn() {
    BeforeAdmission before = before(ROOM);
    EmbeddedChannel channel = new EmbeddedChannel(before);
    passes(channel, 100);
    before.complete();
    before.outlived();
    channel.close();
    assertThat(group.unadmitted().held()).isEqualTo(Unadmitted.CONNECTION_BYTES + 100);
    before.admitted();
    assertThat(group.unadmitted().held()).isZero();
  }

  @Test
  void oldestThatKeepsOthersWaitingGoesFirst() {
    int room = 2 * Unadmitted.CONNECTION_BYTES;
    EmbeddedChannel oldest = new EmbeddedChannel(before(room));
    EmbeddedChannel older = new EmbeddedChannel(before(room));
    EmbeddedChannel youngest = new EmbeddedChannel(before(room));
    assertThat(oldest.isOpen()).isFalse();
    assertThat(older.isOpen()).isTrue();
    assertThat(youngest.isOpen()).isTrue();
    assertThat(dropped).hasValue(1);
    assertThat(gateway.limited).containsExactly(Limit.UNADMITTED_BYTES);
    assertThat(gateway.refusals()).containsExactly(RejectReason.QUOTA);
    older.close();
    youngest.close();
    assertThat(group.unadmitted().held()).isZero();
  }

  @Test
  void oneThatHasSignedInKeepsItsPlace() {
    int room = 2 * Unadmitted.CONNECTION_BYTES;
    BeforeAdmission first = before(room);
    EmbeddedChannel signedIn = new EmbeddedChannel(first);
    first.complete(); // it waits for the gateway
    EmbeddedChannel silent = new EmbeddedChannel(before(room));
    EmbeddedChannel next = new EmbeddedChannel(before(room));
    assertThat(signedIn.isOpen()).isTrue();
    assertThat(silent.isOpen()).isFalse();
    assertThat(next.isOpen()).isTrue();
    signedIn.close();
    next.close();
  }

  @Test
  void largeOneGoesBeforeSmallOnes() {
    EmbeddedChannel small = new EmbeddedChannel(before(ROOM));
    EmbeddedChannel large = new EmbeddedChannel(before(ROOM));
    assertThat(passes(large, ROOM / 2 - 2 * Unadmitted.CONNECTION_BYTES)).isTrue();
    EmbeddedChannel another = new EmbeddedChannel(before(ROOM));
    assertThat(passes(another, 2 * Unadmitted.LARGE_BYTES)).isTrue();
    assertThat(large.isOpen()).isFalse();
    assertThat(small.isOpen()).isTrue();
    small.close();
    another.close();
    assertThat(group.unadmitted().held()).isZero();
  }

  @Test
  void oneThatSendsWithoutEndIsClosedHoweverMuchRoomThereIs() {
    int room = 100 << 20;
    EmbeddedChannel endless = new EmbeddedChannel(before(room));
    assertThat(passes(endless, BeforeAdmission.SENT_MAX_BYTES)).isTrue();
    assertThat(passes(endless, 1)).isFalse();
    assertThat(endless.isOpen()).isFalse();
    assertThat(group.unadmitted().held()).isZero();
  }
}
