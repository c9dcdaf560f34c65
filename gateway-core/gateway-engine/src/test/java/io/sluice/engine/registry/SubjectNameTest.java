package io.sluice.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.api.tls.SubjectName;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class SubjectNameTest {
  private static String canonical(String name) {
    return SubjectName.canonical(new X500Principal(name));
  }

  @Test
  void eitherOrderIsTheSameName() {
    assertThat(canonical("CN=press-07,O=Plant A")).isEqualTo(canonical("O=Plant A,CN=press-07"));
    assertThat(canonical("CN=press-07, OU=hall, O=Plant A, C=DE"))
        .isEqualTo(canonical("C=DE,O=plant  a,OU=Hall,CN=PRESS-07"));
  }

  @Test
  void otherNamesStayApart() {
    assertThat(canonical("CN=press-07,O=Plant A")).isNotEqualTo(canonical("CN=press-07,O=Plant B"));
    assertThat(canonical("CN=press-07")).isNotEqualTo(canonical("CN=press-07,O=Plant A"));
    assertThat(canonical("CN=a+OU=b,O=c")).isNotEqualTo(canonical("CN=a,OU=b,O=c"));
  }

  @Test
  void escapedCharactersSurvive() {
    assertThat(canonical("CN=press\\,07,O=\"Plant, A\""))
        .isEqualTo(canonical("O=Plant\\, A,CN=press\\,07"));
    assertThat(canonical("")).isEmpty();
  }
}
