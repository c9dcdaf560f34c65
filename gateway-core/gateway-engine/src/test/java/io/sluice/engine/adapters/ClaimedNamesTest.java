package io.sluice.engine.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.adapter.Credentials;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimedNamesTest {
  private static final String TOKEN = "9aPq-Xr_4Zt0123456789abcdefghijklmnopqrstuv";

  private final ClaimedNames names =
      new ClaimedNames(Set.of("press-07", "a-device-with-a-long-name")::contains);

  @Test
  void aTokenInThePlaceOfANameIsNotShown() {
    Credentials[] misplaced = {
      new Credentials.Password(TOKEN, new byte[] {'x'}),
      new Credentials.Password(TOKEN, null),
      new Credentials.Token(TOKEN, "x"),
      new Credentials.Anonymous(TOKEN),
    };
    for (Credentials one : misplaced) {
      assertThat(names.of(one)).matches("sha256:[0-9a-f]{12}").isEqualTo(names.of(misplaced[0]));
    }
    assertThat(names.of(new Credentials.Anonymous("not a name"))).startsWith("sha256:");
  }

  @Test
  void namesAreShown() {
    assertThat(names.of(new Credentials.Password("press-07", new byte[] {'x'})))
        .isEqualTo("press-07");
    assertThat(names.of(new Credentials.Token("a-device-with-a-long-name", "x")))
        .isEqualTo("a-device-with-a-long-name");
    assertThat(names.of(new Credentials.Anonymous("press-O7")))
        .as("mistyped")
        .isEqualTo("press-O7");
    assertThat(names.of(new Credentials.Token(null, TOKEN))).isNull();
  }
}
