package io.sluice.engine.forward.format;

import io.sluice.api.ByteSink;
import io.sluice.api.RecordView;
import io.sluice.api.upstream.RecordEncoder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32C;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * As {@link SenmlJsonFormat} and {@link SenmlCborFormat}, each record from the beginning by
 * Jackson. A SenML pack for each record (RFC 8428): base name {@code device/}, base time the
 * record's observed time. JSON by section 5, CBOR with the integer labels of section 6.
 *
 * <p>Characters that a SenML name may not have (section 4.5.1) become {@code _}, and a checksum of
 * the whole name goes behind it, so that two names stay two; a first character that may not be the
 * first has a {@code 0} before it. A record without measurements becomes one entry {@code class}
 * with the message class as its string, for a pack must hold a value.
 */
final class JacksonSenml implements RecordEncoder {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final TokenStreamFactory factory;
  private final boolean cbor;
  private final RecordAttributes attributes;

  private JacksonSenml(TokenStreamFactory factory, boolean cbor, RecordAttributes attributes) {
    this.factory = factory;
    this.cbor = cbor;
    this.attributes = attributes;
  }

  static RecordEncoder json(RecordAttributes attributes) {
    return new JacksonSenml(new JsonFactory(), false, attributes);
  }

  static RecordEncoder cbor(RecordAttributes attributes) {
    return new JacksonSenml(new CBORFactory(), true, attributes);
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
  public void encode(RecordView record, ByteSink out) {
    int entries = 0;
    record.rewind();
    while (record.next()) {
      entries += attributes.leavesOut(record) ? 0 : attributes.marks(record) ? 2 : 1;
    }
    Map<String, String> told = attributes.of(record, entries == 0);
    try (JsonGenerator to =
        factory.createGenerator(ObjectWriteContext.empty(), new JacksonSink(out))) {
      to.writeStartArray(null, entries + told.size());
      boolean isFirst = true;
      record.rewind();
      while (record.next()) {
        if (!attributes.leavesOut(record)) {
          measurement(record, to, isFirst);
          isFirst = false;
        }
      }
      for (Map.Entry<String, String> each : told.entrySet()) {
        begin(record, to, isFirst, 2);
        text(to, Field.N, each.getKey());
        text(to, Field.VS, each.getValue());
        to.writeEndObject();
        isFirst = false;
      }
      to.writeEndArray();
    }
  }

  /** The first entry of a pack has the base. */
  private void begin(RecordView record, JsonGenerator to, boolean isFirst, int fields) {
    to.writeStartObject(null, isFirst ? fields + 2 : fields);
    if (isFirst) {
      text(to, Field.BN, baseName(record.device()));
      seconds(to, Field.BT, record.timeMicros());
    }
  }

  private void measurement(RecordView record, JsonGenerator to, boolean isFirst) {
    String name = senmlName(record.measurementName());
    String unit = record.measurementUnit();
    boolean ownTime = record.hasOwnTime() && record.measurementMicros() != record.timeMicros();
    begin(record, to, isFirst, 2 + (unit == null ? 0 : 1) + (ownTime ? 1 : 0));
    text(to, Field.N, name);
    if (unit != null) {
      text(to, Field.U, unit);
    }
    value(record, to);
    ownTime(record, to, ownTime);
    to.writeEndObject();
    if (attributes.marks(record)) {
      begin(record, to, false, ownTime ? 3 : 2);
      text(to, Field.N, RecordAttributes.qualityName(name));
      text(to, Field.VS, RecordAttributes.quality(record));
      ownTime(record, to, ownTime);
      to.writeEndObject();
    }
  }

  private void ownTime(RecordView record, JsonGenerator to, boolean ownTime) {
    if (ownTime) {
      seconds(to, Field.T, record.measurementMicros() - record.timeMicros());
    }
  }

  private void value(RecordView record, JsonGenerator to) {
    switch (record.valueKind()) {
      case LONG -> {
        label(to, Field.V);
        to.writeNumber(record.longValue());
      }
      case DOUBLE -> {
        label(to, Field.V);
        to.writeNumber(record.doubleValue());
      }
      case BOOLEAN -> {
        label(to, Field.VB);
        to.writeBoolean(record.booleanValue());
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

  /** Of the whole name, the base name is the beginning: it must begin as a name does. */
  private static String baseName(String device) {
    String name = senmlName(device) + '/';
    return isLetterOrDigit(name.charAt(0)) ? name : '0' + name;
  }

  private static String senmlName(String name) {
    StringBuilder legal = null;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!isLetterOrDigit(c) && "-:./_".indexOf(c) < 0) {
        legal = legal == null ? new StringBuilder(name) : legal;
        legal.setCharAt(i, '_');
      }
    }
    return legal == null ? name : legal.append(':').append(checksum(name)).toString();
  }

  private static String checksum(String name) {
    CRC32C checksum = new CRC32C();
    checksum.update(name.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
