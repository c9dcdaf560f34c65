package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentTypeTest {
  @ParameterizedTest
  @CsvSource({
    "application/json, JSON",
    "Application/JSON, JSON",
    "application/json; charset=utf-8, JSON",
    "application/json;charset=UTF-8;q=1, JSON",
    "application/vnd.vendor.device+json, JSON",
    "application/vnd.x+cbor; a=b, CBOR",
    "application/senml+json, SENML_JSON",
    "APPLICATION/SENML+CBOR, SENML_CBOR",
    "text/plain;charset=UTF-8, TEXT",
    "text/csv, TEXT",
    "application/octet-stream, BYTES"
  })
  void mediaTypeIsReadWithoutCaseAndParameters(String text, ContentType type) {
    assertThat(ContentType.ofMediaType(text)).isEqualTo(type);
  }

  @Test
  void whatIsNoKnownMediaTypeIsNone() {
    for (String text : new String[] {"application/xml", "json", "image/png", ";", "+jsonx"}) {
      assertThat(ContentType.ofMediaType(text)).as(text).isNull();
    }
  }

  @Test
  void charsetIsAParameter() {
    assertThat(ContentType.charsetOf("text/plain; Charset=\"UTF-8\"")).isEqualTo("utf-8");
    assertThat(ContentType.charsetOf("text/plain;a=b; charset=gb18030")).isEqualTo("gb18030");
    assertThat(ContentType.charsetOf("text/plain")).isNull();
  }
}
