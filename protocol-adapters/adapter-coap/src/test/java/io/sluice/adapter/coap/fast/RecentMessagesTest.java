package io.sluice.adapter.coap.fast;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecentMessagesTest {
  private final RecentMessages recent = new RecentMessages(8, 4, 247, 145);

  private static InetSocketAddress address(int number) {
    return new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), number);
  }

  private RecentMessages.Peer heard(int peer, int second, int... messageIds) {
    RecentMessages.Peer found = recent.peer(address(peer), second);
    for (int messageId : messageIds) {
      recent.add(found, messageId, messageId, true, second, "m" + messageId);
    }
    return found;
  }

  @Test
  void duplicateHasTheSameIdAndTheSameBytes() {
    RecentMessages.Peer peer = heard(1, 0, 7);
    assertThat(peer.find(7, 7, 1)).isEqualTo("m7");
    assertThat(peer.find(7, 8, 1)).isNull();
    assertThat(peer.find(8, 7, 1)).isNull();
    peer.replace("m7", 0, "answer");
    assertThat(peer.find(7, 7, 1)).isEqualTo("answer");
    assertThat(recent.peer(address(2), 1).find(7, 7, 1)).isNull();
  }

  @Test
  void confirmableIsKnownForTheExchangeLifetimeAndNonConfirmableForItsOwn() {
    RecentMessages.Peer peer = heard(1, 1000, 7);
    recent.add(peer, 8, 8, false, 1000, "m8");
    assertThat(peer.find(7, 7, 1246)).isEqualTo("m7");
    assertThat(peer.find(7, 7, 1247)).isNull();
    assertThat(peer.find(8, 8, 1144)).isEqualTo("m8");
    assertThat(peer.find(8, 8, 1145)).isNull();
  }

  @Test
  void latestMessagesOfAPeerAreKept() {
    RecentMessages.Peer peer = heard(1, 0, 1, 2, 3, 4, 5, 6);
    assertThat(peer.find(2, 2, 0)).isNull();
    for (int id = 3; id <= 6; id++) {
      assertThat(peer.find(id, id, 0)).isEqualTo("m" + id);
    }
  }

  @Test
  void strangersMakeRoomBeforeDevicesAndTheLongestSilentFirst() {
    for (int i = 1; i <= 4; i++) {
      recent.admit(heard(i, i, i));
    }
    for (int i = 11; i <= 14; i++) {
      heard(i, i, i);
    }
    recent.admit(heard(1, 20)); // heard again
    for (int stranger = 100; stranger < 200; stranger++) {
      heard(stranger, 21, 1);
    }
    for (int i = 1; i <= 4; i++) {
      assertThat(recent.peer(address(i), 22).find(i, i, 22)).isEqualTo("m" + i);
    }
    for (int i = 31; i <= 36; i++) {
      recent.admit(heard(i, 23, i));
    }
    assertThat(recent.peer(address(4), 24).find(4, 4, 24)).as("the latest heard").isNotNull();
    assertThat(recent.peer(address(1), 24).find(1, 1, 24)).as("the longest silent").isNull();
  }

  @Test
  void placesNeverExceedTheBoundAndFallToNothingWhenAllIsPast() {
    for (int i = 0; i < 1000; i++) {
      heard(i % 7, i / 10, i);
      assertThat(recent.places()).isBetween(1, 8);
      assertThat(recent.peers()).isLessThanOrEqualTo(recent.places());
    }
    recent.sweep(1000);
    assertThat(recent.places()).isZero();
    assertThat(recent.peers()).isZero();
  }

  @Test
  void forgottenPeerMayStillAnswerWhatItHadInHand() {
    RecentMessages.Peer first = heard(1, 0, 1);
    for (int i = 2; i < 30; i++) {
      heard(i, 1, i);
    }
    first.replace("m1", 7, "answer");
    recent.admit(first);
    assertThat(first.find(1, 1, 1)).isEqualTo("answer");
    assertThat(recent.peers()).isLessThanOrEqualTo(8);
    assertThat(recent.peer(address(1), 2).find(1, 1, 2)).isNull();
  }

  @Test
  void behavesAsAListPerPeerWouldWhereThereIsRoom() {
    SplittableRandom random = new SplittableRandom(5);
    RecentMessages roomy = new RecentMessages(1_000_000, 5, 247, 145);
    Map<Integer, Deque<Integer>> model = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int number = random.nextInt(50);
      int id = random.nextInt(12);
      RecentMessages.Peer peer = roomy.peer(address(number), 0);
      Deque<Integer> latest = model.computeIfAbsent(number, _ -> new ArrayDeque<>());
      assertThat(peer.find(id, 1, 0) != null).isEqualTo(latest.contains(id));
      if (!latest.contains(id)) {
        roomy.add(peer, id, 1, true, 0, id);
        latest.addLast(id);
        if (latest.size() > 5) {
          latest.removeFirst();
        }
      }
    }
  }

  @Test
  void addressesOfBothKindsAreToldApartHoweverManyComeAndGo() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    RecentMessages few = new RecentMessages(500, 1, 247, 145);
    for (int step = 0; step < 30_000; step++) {
      InetSocketAddress address = eitherKind(random.nextInt(2_000));
      RecentMessages.Peer peer = few.peer(address, step / 100);
      assertThat(peer.address()).isEqualTo(address);
      InetSocketAddress again = new InetSocketAddress(address.getAddress(), address.getPort());
      assertThat(few.peer(again, step / 100)).isSameAs(peer);
      assertThat(few.peers()).isLessThanOrEqualTo(500).isEqualTo(few.places());
    }
    assertThat(few.peers()).isEqualTo(500);
    few.sweep(30_000);
    assertThat(few.peers()).isZero();
  }

  /** IPv6 addresses whose last bytes are those of the IPv4 ones are among them. */
  private static InetSocketAddress eitherKind(int number) throws UnknownHostException {
    int port = 1_000 + number % 5;
    byte last = (byte) (number / 5);
    byte[] four = {10, 0, (byte) (number >> 10), last};
    byte[] six = new byte[16];
    System.arraycopy(four, 0, six, 12, 4);
    six[0] = (byte) (number % 3 == 0 ? 0 : 0x20);
    return new InetSocketAddress(InetAddress.getByAddress(number % 2 == 0 ? four : six), port);
  }

  @Test
  void ringThatGrowsAfterItWasFullStillForgetsTheOldestFirst() {
    heard(1, 0, 1, 2);
    for (int i = 2; i <= 7; i++) {
      heard(i, 1, i);
    }
    assertThat(recent.places()).isEqualTo(8);
    RecentMessages.Peer peer = heard(1, 100, 3); // no room to grow: in the place of 1
    assertThat(peer.find(1, 1, 100)).isNull();
    recent.sweep(300); // the others are past their time
    assertThat(recent.places()).isEqualTo(2);
    heard(1, 200, 4, 5, 6);
    assertThat(peer.find(2, 2, 200)).isNull();
    for (int id = 3; id <= 6; id++) {
      assertThat(peer.find(id, id, 200)).isEqualTo("m" + id);
    }
  }
}
