package io.sluice.engine.registry.credential;

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

  @Test
  void charactersThatOnlyLookLikeLatinOnesAreNotTheSame() {
    assertThat(canonical("CN=\uFF43\uFF45\uFF52\uFF54-01")).isNotEqualTo(canonical("CN=cert-01"));
    assertThat(canonical("CN=cert-0\uFF11")).isNotEqualTo(canonical("CN=cert-01"));
    assertThat(canonical("CN=\uFB01re-01")).isNotEqualTo(canonical("CN=fire-01"));
    assertThat(canonical("O=x,CN=\uFF43ert-01")).isEqualTo(canonical("CN=\uFF23ert-01,O=X"));
  }

  @Test
  void namesOfOtherLanguagesAreTakenInEitherForm() {
    assertThat(canonical("CN=M\u00FCller")).isEqualTo(canonical("CN=Mu\u0308ller"));
    assertThat(canonical("O=\u79D1\u6280\uFF08\u5317\u4EAC\uFF09,CN=a"))
        .isEqualTo(canonical("CN=a,O=\u79D1\u6280\uFF08\u5317\u4EAC\uFF09"));
  }
}
