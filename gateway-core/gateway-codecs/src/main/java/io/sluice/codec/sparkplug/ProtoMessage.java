package io.sluice.codec.sparkplug;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The messages of {@code sparkplug_b.proto} (eclipse/tahu) and their fields. */
enum ProtoMessage {
  PAYLOAD,
  METRIC,
  META_DATA,
  PROPERTY_SET,
  PROPERTY_VALUE,
  PROPERTY_SET_LIST,
  DATA_SET,
  DATA_SET_ROW,
  DATA_SET_VALUE,
  TEMPLATE,
  TEMPLATE_PARAMETER;

  /** What stands in a field. */
  enum Kind {
    NUMBER,
    TIME,
    TYPE,
    TRUTH,
    FLOAT,
    DOUBLE,
    TEXT,
    BYTES,
    MESSAGE
  }

  /**
   * One field.
   *
   * @param message null: it is none
   */
  record Field(int number, String name, Kind kind, @Nullable ProtoMessage message) {
    boolean isType() {
      return kind == Kind.TYPE;
    }
  }

  private static Field of(int number, String name, Kind kind) {
    return new Field(number, name, kind, null);
  }

  private static Field of(int number, String name, ProtoMessage message) {
    return new Field(number, name, Kind.MESSAGE, message);
  }

  /** Null where there is none of that number. */
  @Nullable Field field(int number) {
    for (Field each : fields()) {
      if (each.number == number) {
        return each;
      }
    }
    return null;
  }

  private List<Field> fields() {
    return switch (this) {
      case PAYLOAD ->
          List.of(
              of(1, "timestamp", Kind.TIME),
              of(2, "metrics", METRIC),
              of(3, "seq", Kind.NUMBER),
              of(4, "uuid", Kind.TEXT),
              of(5, "body", Kind.BYTES));
      case METRIC ->
          List.of(
              of(1, "name", Kind.TEXT),
              of(2, "alias", Kind.NUMBER),
              of(3, "timestamp", Kind.TIME),
              of(4, "datatype", Kind.TYPE),
              of(5, "is_historical", Kind.TRUTH),
              of(6, "is_transient", Kind.TRUTH),
              of(7, "is_null", Kind.TRUTH),
              of(8, "metadata", META_DATA),
              of(9, "properties", PROPERTY_SET),
              of(10, "int_value", Kind.NUMBER),
              of(11, "long_value", Kind.NUMBER),
              of(12, "float_value", Kind.FLOAT),
              of(13, "double_value", Kind.DOUBLE),
              of(14, "boolean_value", Kind.TRUTH),
              of(15, "string_value", Kind.TEXT),
              of(16, "bytes_value", Kind.BYTES),
              of(17, "dataset_value", DATA_SET),
              of(18, "template_value", TEMPLATE));
      case META_DATA ->
          List.of(
              of(1, "is_multi_part", Kind.TRUTH),
              of(2, "content_type", Kind.TEXT),
              of(3, "size", Kind.NUMBER),
              of(4, "seq", Kind.NUMBER),
              of(5, "file_name", Kind.TEXT),
              of(6, "file_type", Kind.TEXT),
              of(7, "md5", Kind.TEXT),
              of(8, "description", Kind.TEXT));
      case PROPERTY_SET -> List.of(of(1, "keys", Kind.TEXT), of(2, "values", PROPERTY_VALUE));
      case PROPERTY_VALUE ->
          List.of(
              of(1, "type", Kind.TYPE),
              of(2, "is_null", Kind.TRUTH),
              of(3, "int_value", Kind.NUMBER),
              of(4, "long_value", Kind.NUMBER),
              of(5, "float_value", Kind.FLOAT),
              of(6, "double_value", Kind.DOUBLE),
              of(7, "boolean_value", Kind.TRUTH),
              of(8, "string_value", Kind.TEXT),
              of(9, "propertyset_value", PROPERTY_SET),
              of(10, "propertysets_value", PROPERTY_SET_LIST));
      case PROPERTY_SET_LIST -> List.of(of(1, "propertyset", PROPERTY_SET));
      case DATA_SET ->
          List.of(
              of(1, "num_of_columns", Kind.NUMBER),
              of(2, "columns", Kind.TEXT),
              of(3, "types", Kind.TYPE),
              of(4, "rows", DATA_SET_ROW));
      case DATA_SET_ROW -> List.of(of(1, "elements", DATA_SET_VALUE));
      case DATA_SET_VALUE ->
          List.of(
              of(1, "int_value", Kind.NUMBER),
              of(2, "long_value", Kind.NUMBER),
              of(3, "float_value", Kind.FLOAT),
              of(4, "double_value", Kind.DOUBLE),
              of(5, "boolean_value", Kind.TRUTH),
              of(6, "string_value", Kind.TEXT));
      case TEMPLATE ->
          List.of(
              of(1, "version", Kind.TEXT),
              of(2, "metrics", METRIC),
              of(3, "parameters", TEMPLATE_PARAMETER),
              of(4, "template_ref", Kind.TEXT),
              of(5, "is_definition", Kind.TRUTH));
      case TEMPLATE_PARAMETER ->
          List.of(
              of(1, "name", Kind.TEXT),
              of(2, "type", Kind.TYPE),
              of(3, "int_value", Kind.NUMBER),
              of(4, "long_value", Kind.NUMBER),
              of(5, "float_value", Kind.FLOAT),
              of(6, "double_value", Kind.DOUBLE),
              of(7, "boolean_value", Kind.TRUTH),
              of(8, "string_value", Kind.TEXT));
    };
  }
}
