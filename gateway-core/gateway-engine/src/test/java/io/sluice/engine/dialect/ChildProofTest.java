package io.sluice.engine.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.config.Faults;
import io.sluice.engine.dialect.signin.ChildProof;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Signatures of Alink's sub-devices (help.aliyun.com 89299, "Topology"), by the shipped dialect.
 * The signatures were computed with openssl over the content that the page prescribes.
 */
class ChildProofTest {
  private static final String SECRET = "c0ffee00112233445566778899aabbcc";

  /**
   * Of clientIda1SluiceSub1&meter-3deviceNamemeter-3productKeya1SluiceSub1timestamp1795802400000.
   */
  private static final String SHA1 = "48ec1667d00044de56b709de57e128bf4d53c0e3";

  private final Topics topics =
      Dialects.load(new DialectPlaces(ShippedDialects.FOLDER, List.of()), new Faults())
          .topics(List.of("alink"), Map.of());

  private @Nullable String fault(String topic, String body) {
    RoutedTopic route = topics.route("any", topic);
    assertThat(route).isNotNull();
    ChildProof proof = route.follow() == null ? null : route.follow().proof();
    assertThat(proof).isNotNull();
    return proof.fault(
        body.getBytes(UTF_8),
        device -> device.equals("meter-3") ? List.of("older", SECRET) : List.of(),
        0);
  }

  private static String sub(String method, String sign) {
    return """
    {"productKey":"a1SluiceSub1","deviceName":"meter-3","clientId":"a1SluiceSub1&meter-3",
     "timestamp":"1795802400000","%s":"hmacSha1","sign":"%s","cleanSession":"true"}\
    """
        .formatted(method, sign);
  }

  @Test
  void loginIsProvedByTheSubDevicesSecret() {
    String login = "/ext/session/gw/gateway-1/combine/login";
    assertThat(fault(login, "{\"id\":\"1\",\"params\":" + sub("signMethod", SHA1) + "}")).isNull();
    assertThat(
            fault(
                login,
                "{\"id\":\"1\",\"params\":" + sub("signMethod", SHA1.replace('4', '5')) + "}"))
        .isEqualTo(
            "the signature of device meter-3 is not that of its secret; give its gateway the secret"
                + " that it has here");
    assertThat(fault(login, "{\"params\":{\"deviceName\":\"meter-3\"}}")).isNotNull();
    assertThat(fault(login, "{\"params\":{\"deviceName\":\"without-secret\"}}")).isNull();
    assertThat(fault(login, "{\"params\":")).contains("no valid JSON");
  }

  @Test
  void topologyIsProvedDeviceByDevice() {
    String add = "/sys/gw/gateway-1/thing/topo/add";
    String right = sub("signmethod", SHA1.toUpperCase(Locale.ROOT));
    assertThat(fault(add, "{\"id\":\"1\",\"params\":[" + right + "]}")).isNull();
    String wrong = sub("signmethod", "00");
    assertThat(fault(add, "{\"id\":\"1\",\"params\":[" + right + "," + wrong + "]}")).isNotNull();
    String many = "{\"deviceName\":\"x\"},".repeat(64);
    assertThat(fault(add, "{\"params\":[" + many + right + "]}")).contains("more than 64");
  }

  @Test
  void batchLoginNamesTheMethodAsLoginDoes() {
    String batch = "/ext/session/gw/gateway-1/combine/batch_login";
    String body = "{\"id\":\"1\",\"params\":{\"deviceList\":[%s]}}";
    assertThat(fault(batch, body.formatted(sub("signMethod", SHA1)))).isNull();
    assertThat(fault(batch, body.formatted(sub("signMethod", "00")))).isNotNull();
  }
}
