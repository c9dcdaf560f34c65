package io.sluice.engine.forward;

import io.sluice.api.ByteSink;
import io.sluice.engine.record.RecordFormat.Kind;
import io.sluice.engine.record.RecordView;
import java.math.BigDecimal;
import java.util.Base64;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * A SenML pack for each record (RFC 8428): base name {@code device/}, base time the record's
 * observed time. JSON by section 5, CBOR with the integer labels of section 6.
 *
 * <p>Characters that a SenML name may not have (section 4.5.1) become {@code _}. Qualities have no
 * place in it. A record without measurements becomes one entry {@code class} with the message class
 * as its string, for a pack must hold a value.
 */
final class SenmlFormat implements PayloadFormat {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final TokenStreamFactory factory;
  private final boolean cbor;

  private SenmlFormat(TokenStreamFactory factory, boolean cbor) {
    this.factory = factory;
    this.cbor = cbor;
  }

  static PayloadFormat json() {
    return new SenmlFormat(new JsonFactory(), false);
  }

  static PayloadFormat cbor() {
    return new SenmlFormat(new CBORFactory(), true);
  }

  /** Labels of RFC 8428, table 4. */
  private enum Field {
    BN("bn", -2),
    BT("bt", -3),
    N("n", 0),
    U("u", 1),
    V("v", 2),
    VS("vs", 3),
    VB("vb", 4),
    T("t", 6),
    VD("vd", 8);

    private final String json;
    private final int cbor;

    Field(String json, int cbor) {
      this.json = json;
      this.cbor = cbor;
    }
  }

  @Override
  public void write(RecordView record, ByteSink out) {
    try (JsonGenerator to =
        factory.createGenerator(ObjectWriteContext.empty(), new SinkStream(out))) {
      to.writeStartArray(null, Math.max(1, record.count()));
      if (record.count() == 0) {
        base(record, to, 4);
        text(to, Field.N, "class");
        text(to, Field.VS, record.messageClass().jsonName());
        to.writeEndObject();
      }
      record.rewind();
      for (boolean first = true; record.next(); first = false) {
        entry(record, to, first);
      }
      to.writeEndArray();
    }
  }

  private void base(RecordView record, JsonGenerator to, int fields) {
    to.writeStartObject(null, fields);
    text(to, Field.BN, senmlName(record.device()) + '/');
    seconds(to, Field.BT, record.timeMicros());
  }

  private void entry(RecordView record, JsonGenerator to, boolean first) {
    String unit = record.measurementUnit();
    boolean ownTime = record.hasOwnTime() && record.measurementMicros() != record.timeMicros();
    int fields = 2 + (unit == null ? 0 : 1) + (ownTime ? 1 : 0);
    if (first) {
      base(record, to, fields + 2);
    } else {
      to.writeStartObject(null, fields);
    }
    text(to, Field.N, senmlName(record.measurementName()));
    if (unit != null) {
      text(to, Field.U, unit);
    }
    value(record, to);
    if (ownTime) {
      seconds(to, Field.T, record.measurementMicros() - record.timeMicros());
    }
    to.writeEndObject();
  }

  private void value(RecordView record, JsonGenerator to) {
    switch (record.kind()) {
      case LONG -> {
        label(to, Field.V);
        to.writeNumber(record.longValue());
      }
      case DOUBLE -> {
        label(to, Field.V);
        to.writeNumber(record.doubleValue());
      }
      case FALSE, TRUE -> {
        label(to, Field.VB);
        to.writeBoolean(record.kind() == Kind.TRUE);
      }
      case STRING -> text(to, Field.VS, record.stringValue());
      case BYTES -> {
        label(to, Field.VD);
        if (cbor) {
          to.writeBinary(record.bytesValue());
        } else {
          to.writeString(BASE64URL.encodeToString(record.bytesValue()));
        }
      }
    }
  }

  private void seconds(JsonGenerator to, Field field, long micros) {
    label(to, field);
    if (micros % 1_000_000 == 0) {
      to.writeNumber(micros / 1_000_000);
    } else if (cbor) {
      to.writeNumber(micros / 1e6);
    } else {
      to.writeNumber(BigDecimal.valueOf(micros, 6).stripTrailingZeros().toPlainString());
    }
  }

  private void text(JsonGenerator to, Field field, String value) {
    label(to, field);
    to.writeString(value);
  }

  private void label(JsonGenerator to, Field field) {
    if (cbor) {
      to.writePropertyId(field.cbor);
    } else {
      to.writeName(field.json);
    }
  }

  private static String senmlName(String name) {
    StringBuilder legal = null;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letterOrDigit && "-:./_".indexOf(c) < 0) {
        legal = legal == null ? new StringBuilder(name) : legal;
        legal.setCharAt(i, '_');
      }
    }
    return legal == null ? name : legal.toString();
  }
}
