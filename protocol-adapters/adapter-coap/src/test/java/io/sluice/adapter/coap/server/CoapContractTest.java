package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.adapter.coap.settings.FastPath;
import io.sluice.adapter.testkit.AdapterContract;
import io.sluice.adapter.testkit.CommandTaker;
import io.sluice.adapter.testkit.Sender;
import io.sluice.api.adapter.Adapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The adapter contract, by Californium's client and plain uplinks. */
class CoapContractTest implements AdapterContract {
  @Override
  public Adapter adapter(int port) {
    return new CoapAdapter(CoapSettings.onLoopback(port, FastPath.ON));
  }

  /** Of the requests; 0 for none. */
  int accept() {
    return 0;
  }

  @Override
  public Sender sender(Adapter adapter, String device, String password) {
    return new CaliforniumSender(
        Clients.client(((CoapAdapter) adapter).address()),
        "coap://127.0.0.1:" + AdapterContract.port(adapter) + "/",
        "?d=" + device + "&k=" + password,
        accept());
  }

  @Override
  public boolean takesCommands() {
    return true;
  }

  @Override
  public CommandTaker commandTaker(Adapter adapter, String device, String password, boolean answers)
      throws IOException {
    return RawCommandTaker.observe(((CoapAdapter) adapter).address(), device, password, answers);
  }

  @Override
  public void sendTwice(Adapter adapter, String device, String password) throws IOException {
    byte[] message = post(accept(), "d=" + device, "k=" + password);
    try (RawPeer peer = new RawPeer(((CoapAdapter) adapter).address())) {
      peer.send(message);
      peer.send(message);
      byte[] answer = peer.receive();
      peer.send(message); // as one that missed the answer
      assertThat(peer.receive()).isEqualTo(answer);
    }
  }

  /** A Confirmable POST of the contract's payload, as it stands in a datagram. */
  static byte[] post(int accept, String... queries) {
    ByteArrayOutputStream out = RawPeer.header(2, 4711);
    int last = RawPeer.option(out, 0, 11, "telemetry".getBytes(UTF_8));
    for (String query : queries) {
      last = RawPeer.option(out, last, 15, query.getBytes(UTF_8));
    }
    if (accept != 0) {
      RawPeer.option(out, last, 17, new byte[] {(byte) accept});
    }
    out.write(0xFF);
    out.writeBytes(PAYLOAD);
    return out.toByteArray();
  }
}
