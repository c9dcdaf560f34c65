package io.sluice.engine.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.Credentials;
import io.sluice.api.dialect.SignIn;
import io.sluice.engine.config.Faults;
import io.sluice.engine.dialect.signin.Claim;
import io.sluice.engine.dialect.signin.SignIns;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sign-ins as vendors' clients make them, with the vendors' rules worked by hand. */
class SignInsTest {
  private static final long NOW = Instant.parse("2026-11-27T18:30:00Z").toEpochMilli();
  private static final SignIns SHIPPED =
      ShippedDialects.load()
          .topics(
              List.of(
                  "sluice",
                  "hono",
                  "alink",
                  "huawei-iotda",
                  "onenet",
                  "tencent-iot",
                  "aws-iot",
                  "azure-iot-hub"),
              Map.of())
          .signIns();

  private static final String ALINK_SECRET = "3f0c9a52d17be846a1f2c4d6e8b09371";
  private static final String ALINK_ID =
      "a1SluiceDemo.pump-07|securemode=3,signmethod=hmacsha256,timestamp=1795802400000|";
  private static final String ALINK_PASSWORD =
      "5af6d451fdca3e3257bb25a6d802afe0549b3f85bb736c31343f0dbf49a8ae0b";
  private static final String HUAWEI_PASSWORD =
      "e1e6abe1b15f84db80d7077a7689fd74c86b149bfa89d21dd7fddb82c572def1";
  private static final String AZURE_PASSWORD =
      "SharedAccessSignature sr=demo-hub.azure-devices.net%2Fdevices%2Fmeter01"
          + "&sig=JhZVfZzkdW0Ezd6yZ65kg0f6E7n0t6xWyopWLfLjh%2BE%3D&se=1827338400";
  private static final String ONENET_PASSWORD =
      "version=2018-10-31&res=products%2FXy12AbCdEf%2Fdevices%2Fmeter01&et=1827338400&method=sha256"
          + "&sign=ZmF%2BdfbT5%2FoiqqEgEkNpIdeZc5ZLm4BE63hD7WX16UI%3D";
  private static final String TENCENT_USER = "AB12CD34EFmeter01;12010126;X7k2p;1827338400";

  private static List<Claim> claims(String clientId, String user, String password) {
    return SHIPPED.claims(
        new Credentials.Password(user, password.getBytes(StandardCharsets.UTF_8), clientId));
  }

  /** {@code dialect device VERDICT}, of the first that is good, else of the first. */
  private static String verdict(
      String clientId, String user, String password, String secret, long now) {
    String first = "no claim";
    for (Claim claim : claims(clientId, user, password)) {
      String verdict =
          switch (claim) {
            case Claim.Signed signed ->
                signed.vendor().dialect()
                    + " "
                    + signed.device()
                    + " "
                    + signed.signature().verdict(secret, now);
            case Claim.Named named -> named.vendor().dialect() + " " + named.device();
            case Claim.Tokened tokened -> tokened.vendor().dialect();
          };
      if (verdict.endsWith(" GOOD")) {
        return verdict;
      }
      first = first.equals("no claim") ? verdict : first;
    }
    return first;
  }

  @Test
  void alinkSignsOverClientIdDeviceProductAndTimestamp() {
    assertThat(verdict(ALINK_ID, "pump-07&a1SluiceDemo", ALINK_PASSWORD, ALINK_SECRET, NOW))
        .isEqualTo("alink pump-07 GOOD");
    // keys in another order, sha1, and what the C SDK adds
    String sha1 = "a1SluiceDemo.pump-07|timestamp=1795802400000,_ss=1,lan=C,signmethod=hmacsha1|";
    assertThat(
            verdict(
                sha1,
                "pump-07&a1SluiceDemo",
                "90A8B1941737938CA368E84867E2C3A9616C1CB2",
                ALINK_SECRET,
                NOW))
        .isEqualTo("alink pump-07 GOOD");
    // without a timestamp there is none in what is signed
    assertThat(
            verdict(
                "pump-07|securemode=3,signmethod=hmacsha1|",
                "pump-07&a1SluiceDemo",
                "77502c81c9fd9fc3836ac93c389b1f46d1736295",
                ALINK_SECRET,
                NOW))
        .isEqualTo("alink pump-07 GOOD");
  }

  @Test
  void iotdaSignsItsSecretByTheHour() {
    String id = "5f1e2d3c4b5a_meter01";
    assertThat(verdict(id + "_0_0_2026112718", id, HUAWEI_PASSWORD, "S3cretOfMeter01", NOW))
        .isEqualTo("huawei-iotda 5f1e2d3c4b5a_meter01 GOOD");
    // 0: the hour is not looked at
    assertThat(
            verdict(
                id + "_0_0_2026112718", id, HUAWEI_PASSWORD, "S3cretOfMeter01", NOW + 86_400_000L))
        .endsWith(" GOOD");
  }

  @ParameterizedTest
  @CsvSource({"-7200,OUTSIDE_CLOCK", "-3500,GOOD", "0,GOOD", "3500,GOOD", "7200,OUTSIDE_CLOCK"})
  void iotdaWithACheckedHourHoldsForAnHourMoreOrLess(long seconds, SignIn.Proof.Verdict expected) {
    String id = "5f1e2d3c4b5a_meter01";
    assertThat(
            verdict(
                id + "_0_1_2026112718",
                id,
                HUAWEI_PASSWORD,
                "S3cretOfMeter01",
                NOW + seconds * 1_000))
        .isEqualTo("huawei-iotda 5f1e2d3c4b5a_meter01 " + expected);
  }

  @Test
  void onenetSignsByItsDecodedKey() {
    String key = "c2x1aWNlLWRlbW8tYWNjZXNzLWtleS0wMDAwMDAwMDE=";
    assertThat(verdict("meter01", "Xy12AbCdEf", ONENET_PASSWORD, key, NOW))
        .isEqualTo("onenet meter01 GOOD");
    String sha1 =
        "method=sha1&sign=kYz5OS5MBSQKLIggsvVGn0kJn34%3D&et=1827338400&version=2018-10-31"
            + "&res=products%2FXy12AbCdEf%2Fdevices%2Fmeter01";
    assertThat(verdict("meter01", "Xy12AbCdEf", sha1, key, NOW)).isEqualTo("onenet meter01 GOOD");
    assertThat(verdict("meter01", "Xy12AbCdEf", ONENET_PASSWORD, key, 1_827_338_401_000L))
        .isEqualTo("onenet meter01 OUTSIDE_CLOCK");
  }

  /** Computed with openssl over {@code et\nmethod\nres\nversion}. */
  @Test
  void onenetsProductKeySignsForTheProductAndForNoOtherDevice() {
    String key = "c2x1aWNlLWRlbW8tYWNjZXNzLWtleS0wMDAwMDAwMDE=";
    String ofProduct =
        "version=2018-10-31&res=products%2FXy12AbCdEf&et=1827338400&method=sha256"
            + "&sign=svaWILK%2BqUF4%2Bxa4za9QrfF1ijFi9%2BRq55Pa5uWLHSg%3D";
    assertThat(verdict("meter01", "Xy12AbCdEf", ofProduct, key, NOW))
        .isEqualTo("onenet meter01 GOOD");
    String ofOther =
        "version=2018-10-31&res=products%2FXy12AbCdEf%2Fdevices%2Fother&et=1827338400&method=sha256"
            + "&sign=%2Br9qym7Rc%2FKAqsGMSAjIZMWfRTvlEyO2fHIf3%2F5IVMk%3D";
    assertThat(verdict("other", "Xy12AbCdEf", ofOther, key, NOW)).isEqualTo("onenet other GOOD");
    assertThat(verdict("meter01", "Xy12AbCdEf", ofOther, key, NOW)).endsWith(" WRONG");
  }

  @Test
  void tencentSignsTheUserName() {
    String key = "c2x1aWNlLWRlbW8tcHNrIQ==";
    for (String password :
        List.of(
            "5aebfafbdf60276a60ac3a7f06c5a224496cc7d99e07c98d72c2acb166c1237a;hmacsha256",
            "2bc481246e12e08ff057fc106ce5cc4cfe4524b5;hmacsha1")) {
      assertThat(verdict("AB12CD34EFmeter01", TENCENT_USER, password, key, NOW))
          .isEqualTo("tencent-iot meter01 GOOD");
    }
  }

  @Test
  void azureSignsTheResourceAsItIsSent() {
    String key = "c2x1aWNlLWRlbW8tYXp1cmUtZGV2aWNlLWtleS0wMDE=";
    String user = "demo-hub.azure-devices.net/meter01/?api-version=2021-04-12";
    assertThat(verdict("meter01", user, AZURE_PASSWORD, key, NOW))
        .isEqualTo("azure-iot-hub meter01 GOOD");
    String otherOrder =
        "SharedAccessSignature se=1827338400&sr=demo-hub.azure-devices.net%2Fdevices%2Fmeter01"
            + "&sig=JhZVfZzkdW0Ezd6yZ65kg0f6E7n0t6xWyopWLfLjh%2BE%3D";
    assertThat(verdict("meter01", user, otherOrder, key, NOW)).endsWith(" GOOD");
    assertThat(verdict("meter01", user, AZURE_PASSWORD, key, 1_827_338_401_000L))
        .endsWith(" OUTSIDE_CLOCK");
  }

  @Test
  void honoNamesTheDeviceBeforeItsTenant() {
    assertThat(verdict("any", "pump7@PLANT1", "s3cret", "", NOW)).isEqualTo("hono pump7");
  }

  @Test
  void whatIsForgedIsNotGood() {
    String user = "pump-07&a1SluiceDemo";
    assertThat(verdict(ALINK_ID, user, ALINK_PASSWORD.replace('5', '6'), ALINK_SECRET, NOW))
        .endsWith(" WRONG");
    // the signature of another device, replayed
    assertThat(verdict(ALINK_ID, "pump-08&a1SluiceDemo", ALINK_PASSWORD, ALINK_SECRET, NOW))
        .endsWith(" WRONG");
    assertThat(verdict(ALINK_ID, user, ALINK_PASSWORD, "another-secret", NOW)).endsWith(" WRONG");
    assertThat(verdict(ALINK_ID, user, "no hex at all", ALINK_SECRET, NOW)).isEqualTo("no claim");
    assertThat(verdict(ALINK_ID, "&a1SluiceDemo", ALINK_PASSWORD, ALINK_SECRET, NOW))
        .isEqualTo("no claim");
    // the time that was signed is not told to who has no secret
    assertThat(
            verdict(
                "5f1e2d3c4b5a_meter01_0_1_2020010100",
                "5f1e2d3c4b5a_meter01",
                HUAWEI_PASSWORD,
                "S3cretOfMeter01",
                NOW))
        .endsWith(" WRONG");
  }

  @Test
  void whatIsTooLongIsOfNoVendor() {
    String longId = "a".repeat(2_000) + "|securemode=3,signmethod=hmacsha1|";
    assertThat(claims(longId, "pump-07&a1SluiceDemo", ALINK_PASSWORD)).isEmpty();
    assertThat(claims("meter01", "u".repeat(2_000), ONENET_PASSWORD)).isEmpty();
    assertThat(claims("meter01", "p", "a=b&".repeat(33) + ONENET_PASSWORD)).isEmpty();
  }

  @Test
  void ownPlainSignInIsOfNoVendorsForm() {
    assertThat(claims("press-07", "press-07", "secret-1")).isEmpty();
    assertThat(claims("client", "press-07", "=&=&=")).isEmpty();
  }

  @Test
  void operatorsOwnWayIsAFewLines(@TempDir Path own) throws Exception {
    Files.writeString(
        own.resolve("hall.yaml"),
        """
        title: Panels of the hall
        sign-in:
          - client-id: "{device}-{stamp}"
            user: "{plant}"
            hmac: { message: "{plant}:{device}:{stamp}", hash: sha1 }
            clock: { stamp: "{stamp}", within: 10m }
        up:
          - { topic: "hall/{device}/values", class: telemetry }
        """);
    Faults faults = new Faults();
    SignIns signIns =
        Dialects.load(new DialectPlaces(ShippedDialects.FOLDER, List.of(own)), faults)
            .topics(List.of("hall"), Map.of())
            .signIns();
    assertThat(faults.list()).isEmpty();
    // echo -n 'north:panel-1:1795802400' | openssl dgst -sha1 -hmac panel-secret
    Claim claim =
        signIns
            .claims(
                new Credentials.Password(
                    "north",
                    "bd821c1bb1d7effa3a30e516a596584663bfec36".getBytes(StandardCharsets.UTF_8),
                    "panel-1-1795802400"))
            .getFirst();
    assertThat(claim).isInstanceOf(Claim.Signed.class);
    SignIn.Proof signature = ((Claim.Signed) claim).signature();
    assertThat(signature.verdict("panel-secret", 1_795_802_400_000L))
        .isEqualTo(SignIn.Proof.Verdict.GOOD);
    assertThat(signature.verdict("panel-secret", 1_795_803_100_000L))
        .isEqualTo(SignIn.Proof.Verdict.OUTSIDE_CLOCK);
    assertThat(signature.clockFault(1_795_803_100_000L)).contains("set the device's clock");
  }

  @Test
  void aWayWithoutAFormIsAFaultWithItsPlace(@TempDir Path own) throws Exception {
    Files.writeString(
        own.resolve("hall.yaml"),
        """
        sign-in:
          - { hmac: { message: "{device}" } }
          - { user: "{device}{pk}" }
        """);
    Faults faults = new Faults();
    Dialects.load(new DialectPlaces(ShippedDialects.FOLDER, List.of(own)), faults);
    assertThat(faults.list().toString())
        .contains("hall.yaml:2", "needs client-id or user", "hall.yaml:3", "follow each other");
  }
}
