package io.sluice.engine.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.adapter.testkit.DialectContract;
import io.sluice.api.Command;
import io.sluice.api.ContentType;
import io.sluice.api.Device;
import io.sluice.api.DeviceId;
import io.sluice.api.Downlink;
import io.sluice.api.MessageClass;
import io.sluice.api.adapter.Admission;
import io.sluice.api.adapter.Credentials;
import io.sluice.api.adapter.Dialogue;
import io.sluice.api.adapter.Exchange;
import io.sluice.api.adapter.Receipt;
import io.sluice.api.adapter.Uplink;
import io.sluice.api.dialect.Dialect;
import io.sluice.api.dialect.Outgoing;
import io.sluice.api.dialect.Route;
import io.sluice.api.dialect.SignIn;
import io.sluice.engine.dialect.signin.Claim;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A dialect in code signs in, replies and is sent commands as one of a file is. */
class CodedDialectTest implements DialectContract {
  /** Devices that reverse their secret, and say {@code <n>} where they answer. */
  private static final class Mirror implements Dialect {
    @Override
    public String name() {
      return "mirror";
    }

    @Override
    public @Nullable Route route(String topic) {
      return switch (topic) {
        case "m.up" -> new Route(MessageClass.TELEMETRY).with(Mirror::taken);
        case "m.done" -> Route.answered(null, Mirror::done);
        default -> null;
      };
    }

    private static Exchange.Outcome taken(Uplink uplink, Receipt receipt, long nowMillis) {
      byte[] word = (receipt instanceof Receipt.Stored ? "ok" : "no").getBytes(UTF_8);
      return new Exchange.Outcome(List.of(new Downlink("m.said", word)), null, 0);
    }

    private static Exchange.Outcome done(Uplink uplink, Receipt receipt, long nowMillis) {
      String text = new String(uplink.payload(), UTF_8);
      return text.matches("<[0-9]{1,9}>")
          ? new Exchange.Outcome(List.of(), text.substring(1, text.length() - 1), 0)
          : Exchange.Outcome.NOTHING;
    }

    @Override
    public @Nullable SignIn signIn(SignIn.Shown shown) {
      String user = shown.userName();
      if (!user.startsWith("m!") || !DeviceId.isValid(user.substring(2))) {
        return null;
      }
      return new SignIn.Signed(
          user.substring(2),
          (secret, _) ->
              MessageDigest.isEqual(
                      new StringBuilder(secret).reverse().toString().getBytes(UTF_8),
                      shown.password())
                  ? SignIn.Proof.Verdict.GOOD
                  : SignIn.Proof.Verdict.WRONG,
          Map.of("site", "a"));
    }

    @Override
    public boolean maySubscribe(String filter, Predicate<String> isOwn) {
      return filter.startsWith("m.do.") && isOwn.test(filter.substring(5));
    }

    @Override
    public @Nullable Downlink write(Outgoing outgoing, Predicate<String> isHeard) {
      if (outgoing.command().name().equals("broken")) {
        throw new IllegalStateException("a fault of the vendor's");
      }
      String topic = "m.do." + outgoing.command().device();
      String body = outgoing.number() + " " + outgoing.names().get("site");
      return isHeard.test(topic) ? new Downlink(topic, body.getBytes(UTF_8)) : null;
    }
  }

  @Override
  public Dialect dialect() {
    return new Mirror();
  }

  @Override
  public Map<String, String> messages() {
    return Map.of("m.up", "{}", "m.done", "<12>");
  }

  @Override
  public List<Good> signIns() {
    return List.of(
        new Good(new SignIn.Shown("c", "m!dev-1", "terces".getBytes(UTF_8)), "secret", "dev-1"));
  }

  private static Command command(String name) {
    return new Command("id", new DeviceId("dev-1"), name, ContentType.JSON, new byte[] {'1'}, 0, 1);
  }

  @Override
  public List<Outgoing> commands() {
    return List.of(new Outgoing(command("go"), 3, "dev-1", Map.of("site", "a"), null));
  }

  private static TopicTable table() {
    TopicTable table = new TopicTable();
    table.add(new Mirror());
    return table;
  }

  private static final Device DEVICE =
      new Device(new DeviceId("dev-1"), "p", "farm", "a", null, null, true, true, false);

  @Test
  void itsSignInIsAskedAsThoseOfFilesAre() {
    Topics topics = new Topics(table(), Map.of());
    List<Claim> claims =
        topics.signIns().claims(new Credentials.Password("m!dev-1", "terces".getBytes(UTF_8), "c"));
    assertThat(claims)
        .singleElement()
        .isInstanceOfSatisfying(
            Claim.Signed.class,
            claim -> {
              assertThat(claim.device()).isEqualTo("dev-1");
              assertThat(claim.vendor())
                  .isEqualTo(new Admission.Vendor("mirror", Map.of("site", "a")));
              assertThat(claim.signature().verdict("secret", 0))
                  .isEqualTo(SignIn.Proof.Verdict.GOOD);
            });
    assertThat(
            topics
                .signIns()
                .claims(new Credentials.Password("m!" + "x".repeat(1_024), new byte[0], "c")))
        .as("too long for any vendor")
        .isEmpty();
  }

  @Test
  void itsRoutesAreRepliedToAndMayBeAnswersAlone() {
    RoutedTopic up = table().route("m.up");
    assertThat(up.isKept()).isTrue();
    assertThat(up.follow()).isNotNull();
    RoutedTopic done = table().route("m.done");
    assertThat(done.isKept()).isFalse();
    assertThat(done.follow()).isNotNull();
  }

  @Test
  void itsCommandsGoOutAndAFaultOfItsOwnCostsOneOfThemAlone() {
    Dialogue dialogue =
        new Topics(table(), Map.of())
            .dialogue(
                new Admission.Admitted(
                    DEVICE,
                    Admission.Grant.NONE,
                    new Admission.Vendor("mirror", Map.of("site", "a"))),
                _ -> null,
                _ -> null);
    assertThat(dialogue.maySubscribe("m.do.dev-1")).isTrue();
    assertThat(dialogue.maySubscribe("m.do.dev-2")).isFalse();
    Downlink sent = dialogue.write(command("go"), 3, _ -> true);
    assertThat(sent.topic() + ' ' + new String(sent.payload(), UTF_8)).isEqualTo("m.do.dev-1 3 a");
    assertThat(dialogue.write(command("broken"), 4, _ -> true)).isNull();
  }
}
