package io.sluice.adapter.coap.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.adapter.coap.settings.CoapSettings;
import io.sluice.api.ContentType;
import io.sluice.api.DeviceId;
import io.sluice.api.RejectReason;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UplinkTest {
  final ScriptedGateway gateway = new ScriptedGateway();
  private final CoapAdapter adapter = new CoapAdapter(settings());
  private CoapClient client;

  CoapSettings settings() {
    return CoapSettings.onLoopback();
  }

  @BeforeEach
  void start() throws Exception {
    adapter.start(gateway);
    client = Clients.client(adapter.address());
  }

  @AfterEach
  void stop() {
    Clients.close(client);
    adapter.close();
    gateway.close();
  }

  private CoapResponse post(String path, byte[] payload, int format) throws Exception {
    client.setURI(Clients.uri(adapter.address(), path));
    return client.post(payload, format);
  }

  CoapResponse post(String path) throws Exception {
    return post(path, "{\"v\":1}".getBytes(UTF_8), 50);
  }

  @Test
  void confirmablePostIsAnsweredChangedWithItsFieldsHandedOn() throws Exception {
    CoapResponse response = post("telemetry?d=press-07&k=secret");
    assertThat(response.getCode()).isEqualTo(ResponseCode.CHANGED);
    Uplink uplink = gateway.accepted.getFirst();
    assertThat(uplink.device()).isEqualTo(new DeviceId("press-07"));
    assertThat(uplink.topic()).isEqualTo("telemetry");
    assertThat(uplink.protocol()).isEqualTo("coap");
    assertThat(uplink.contentType()).isEqualTo(ContentType.JSON);
    assertThat(uplink.payload()).isEqualTo("{\"v\":1}".getBytes(UTF_8));
    assertThat(gateway.seen).contains(new DeviceId("press-07"));
    assertThat(adapter.connections()).isEqualTo(1);
  }

  @Test
  void everySupportedContentFormatIsTakenAndOthersAreNamed() throws Exception {
    for (ContentType type : ContentType.values()) {
      assertThat(post("state?d=a&k=secret", new byte[] {1}, type.coapContentFormat()).getCode())
          .isEqualTo(ResponseCode.CHANGED);
      assertThat(gateway.accepted.getLast().contentType()).isEqualTo(type);
    }
    CoapResponse exi = post("state?d=a&k=secret", new byte[] {1}, 47);
    assertThat(exi.getCode()).isEqualTo(ResponseCode.UNSUPPORTED_CONTENT_FORMAT);
    assertThat(exi.getResponseText()).contains("47").contains("112 SenML CBOR");
    assertThat(gateway.accepted.getLast().rejection().reason())
        .isEqualTo(RejectReason.UNSUPPORTED_CONTENT_TYPE);
  }

  @Test
  void childAndOtherPathsAreHandedOnAsTopics() throws Exception {
    post("telemetry/child-1?d=a&k=secret");
    post("t/child-1?d=a&k=secret");
    post("some/where/else?d=a&k=secret");
    assertThat(gateway.accepted)
        .extracting(Uplink::topic)
        .containsExactly("telemetry/child-1", "t/child-1", "some/where/else");
  }

  @Test
  void putIsTakenAsPost() throws Exception {
    client.setURI(Clients.uri(adapter.address(), "alarm?d=a&k=secret"));
    assertThat(client.put("1", 0).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(gateway.accepted.getFirst().topic()).isEqualTo("alarm");
  }

  @Test
  void wrongMissingAndForeignCredentialsAreRefusedWithTheReason() throws Exception {
    CoapResponse wrong = post("telemetry?d=a&k=wrong");
    assertThat(wrong.getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(wrong.getResponseText()).contains("wrong token");
    assertThat(post("telemetry").getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(post("telemetry?d=a&k=foreign").getCode()).isEqualTo(ResponseCode.FORBIDDEN);
    assertThat(gateway.accepted).isEmpty();
  }

  @Test
  void whoShowsWrongCredentialsTooOftenHearsWhenToComeAgain() throws Exception {
    CoapResponse limited = post("telemetry?d=a&k=too-often");
    assertThat(limited.getCode()).isEqualTo(ResponseCode.TOO_MANY_REQUESTS);
    assertThat(limited.getOptions().getMaxAge()).as("60 s without it, RFC 8516").isEqualTo(5);
  }

  @Test
  void busyAdmissionIsAnsweredWithMaxAge() throws Exception {
    CoapResponse busy = post("telemetry?d=a&k=busy");
    assertThat(busy.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
    assertThat(busy.getOptions().getMaxAge()).isEqualTo(3);
  }

  @Test
  void admittedCredentialsAreCheckedOnceAndOthersOfTheSameEndpointAgain() throws Exception {
    post("telemetry?d=a&k=secret");
    post("telemetry?d=a&k=secret");
    assertThat(gateway.admissions).hasValue(1);
    post("telemetry?d=b&k=secret");
    assertThat(gateway.admissions).hasValue(2);
    assertThat(post("telemetry?d=a&k=secre").getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
    assertThat(gateway.admissions).hasValue(3);
  }

  @Test
  void eachRejectionHasItsCodeAndItsDetail() throws Exception {
    expect(RejectReason.PAYLOAD_INVALID, ResponseCode.BAD_REQUEST);
    expect(RejectReason.NOT_AUTHORIZED, ResponseCode.FORBIDDEN);
    expect(RejectReason.UNSUPPORTED_CONTENT_TYPE, ResponseCode.UNSUPPORTED_CONTENT_FORMAT);
    expect(RejectReason.QUOTA, ResponseCode.TOO_MANY_REQUESTS);
    CoapResponse large = expect(RejectReason.TOO_LARGE, ResponseCode.REQUEST_ENTITY_TOO_LARGE);
    assertThat(large.getOptions().getSize1()).isEqualTo(1 << 20);
  }

  private CoapResponse expect(RejectReason reason, ResponseCode code) throws Exception {
    gateway.verdict = uplink -> new Receipt.Rejected(reason, "because: ü", true);
    CoapResponse response = post("telemetry?d=a&k=secret");
    assertThat(response.getCode()).isEqualTo(code);
    assertThat(response.getResponseText()).isEqualTo("because: ü");
    return response;
  }

  @Test
  void busySpoolIsAnsweredServiceUnavailableWithMaxAge() throws Exception {
    gateway.verdict = uplink -> new Receipt.Busy(1);
    CoapResponse response = post("telemetry?d=a&k=secret");
    assertThat(response.getCode()).isEqualTo(ResponseCode.SERVICE_UNAVAILABLE);
    assertThat(response.getOptions().getMaxAge()).isEqualTo(1);
  }

  @Test
  void nothingIsAcknowledgedBeforeItIsStored() throws Exception {
    CompletableFuture<Void> disk = new CompletableFuture<>();
    post("telemetry?d=a&k=secret");
    gateway.blockWriter(disk);
    Request request = request("telemetry?d=a&k=secret", CoAP.Type.CON);
    client.advanced(new Answer(), request);
    await().until(() -> gateway.accepted.size() == 2);
    // The empty acknowledgement comes after a second, the response only after the disk.
    await().until(request::isAcknowledged);
    assertThat(request.getResponse()).isNull();
    disk.complete(null);
    await().until(() -> request.getResponse() != null);
    assertThat(request.getResponse().getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(request.getResponse().getType()).isEqualTo(CoAP.Type.CON);
  }

  @Test
  void nonConfirmableIsAnsweredNonConfirmable() throws Exception {
    Request request = request("event?d=a&k=secret", CoAP.Type.NON);
    CoapResponse response = client.advanced(request);
    assertThat(response.getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(response.advanced().getType()).isEqualTo(CoAP.Type.NON);
  }

  @Test
  void noResponseOptionSilencesSuccessAndConfirmableGetsTheEmptyAck() throws Exception {
    Request con = request("event?d=a&k=secret", CoAP.Type.CON);
    con.getOptions().setNoResponse(2);
    client.advanced(new Answer(), con);
    await().until(con::isAcknowledged);
    assertThat(con.getResponse()).isNull();
    Request refusedOne = request("event?d=a&k=wrong", CoAP.Type.NON);
    refusedOne.getOptions().setNoResponse(2);
    assertThat(client.advanced(refusedOne).getCode()).isEqualTo(ResponseCode.UNAUTHORIZED);
  }

  @Test
  void hundredKilobytesComeBlockWise() throws Exception {
    byte[] payload = new byte[100_000];
    new Random(7).nextBytes(payload);
    assertThat(post("telemetry?d=a&k=secret", payload, 42).getCode())
        .isEqualTo(ResponseCode.CHANGED);
    assertThat(Arrays.equals(gateway.accepted.getFirst().payload(), payload)).isTrue();
  }

  @Test
  void payloadBeyondTheLimitIsRefusedWithSize1() throws Exception {
    CoapResponse response = post("telemetry?d=a&k=secret", new byte[(1 << 20) + 1], 42);
    assertThat(response.getCode()).isEqualTo(ResponseCode.REQUEST_ENTITY_TOO_LARGE);
    assertThat(response.getOptions().getSize1()).isEqualTo(1 << 20);
    assertThat(gateway.accepted).isEmpty();
    // the answer is on its way before the refusal is counted
    await().untilAsserted(() -> assertThat(gateway.refused).contains(RejectReason.TOO_LARGE));
  }

  @Test
  void conditionalAndProxyRequestsAreRefused() throws Exception {
    Request conditional = request("event?d=a&k=secret", CoAP.Type.CON);
    conditional.getOptions().setIfNoneMatch(true);
    assertThat(client.advanced(conditional).getCode()).isEqualTo(ResponseCode.PRECONDITION_FAILED);
    Request proxy = request("event?d=a&k=secret", CoAP.Type.CON);
    proxy.getOptions().setProxyScheme("http");
    assertThat(client.advanced(proxy).getCode()).isEqualTo(ResponseCode.PROXY_NOT_SUPPORTED);
  }

  private Request request(String path, CoAP.Type type) {
    Request request = new Request(CoAP.Code.POST, type);
    request.setURI(Clients.uri(adapter.address(), path));
    request.getOptions().setContentFormat(0);
    request.setPayload("1");
    return request;
  }
}
