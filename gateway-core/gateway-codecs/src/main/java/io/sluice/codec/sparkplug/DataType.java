package io.sluice.codec.sparkplug;

import java.util.Locale;

/** Types of metrics and properties: section 6.4.16 of the specification. */
enum DataType {
  UNKNOWN,
  INT8,
  INT16,
  INT32,
  INT64,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
  FLOAT,
  DOUBLE,
  BOOLEAN,
  STRING,
  DATE_TIME,
  TEXT,
  UUID,
  DATA_SET,
  BYTES,
  FILE,
  TEMPLATE,
  PROPERTY_SET,
  PROPERTY_SET_LIST,
  INT8_ARRAY,
  INT16_ARRAY,
  INT32_ARRAY,
  INT64_ARRAY,
  UINT8_ARRAY,
  UINT16_ARRAY,
  UINT32_ARRAY,
  UINT64_ARRAY,
  FLOAT_ARRAY,
  DOUBLE_ARRAY,
  BOOLEAN_ARRAY,
  STRING_ARRAY,
  DATE_TIME_ARRAY;

  private static final DataType[] ALL = values();

  /** Of a number on the wire; one that there is not is unknown. */
  static DataType of(int number) {
    return number >= 0 && number < ALL.length ? ALL[number] : UNKNOWN;
  }

  boolean isArray() {
    return ordinal() >= INT8_ARRAY.ordinal();
  }

  /** Whether one metric of it becomes several values. */
  boolean isCompound() {
    return this == DATA_SET || this == TEMPLATE || isArray();
  }

  /** Bytes of an element of an array; 0 where they have no fixed length. */
  int elementBytes() {
    return switch (this) {
      case INT8_ARRAY, UINT8_ARRAY -> 1;
      case INT16_ARRAY, UINT16_ARRAY -> 2;
      case INT32_ARRAY, UINT32_ARRAY, FLOAT_ARRAY -> 4;
      case INT64_ARRAY, UINT64_ARRAY, DOUBLE_ARRAY, DATE_TIME_ARRAY -> 8;
      default -> 0;
    };
  }

  /** As the specification writes it. */
  String word() {
    return switch (this) {
      case UINT8 -> "UInt8";
      case UINT16 -> "UInt16";
      case UINT32 -> "UInt32";
      case UINT64 -> "UInt64";
      case DATE_TIME -> "DateTime";
      case UUID -> "UUID";
      case DATA_SET -> "DataSet";
      case PROPERTY_SET -> "PropertySet";
      case PROPERTY_SET_LIST -> "PropertySetList";
      case UINT8_ARRAY -> "UInt8Array";
      case UINT16_ARRAY -> "UInt16Array";
      case UINT32_ARRAY -> "UInt32Array";
      case UINT64_ARRAY -> "UInt64Array";
      case DATE_TIME_ARRAY -> "DateTimeArray";
      default -> {
        String plain = name().replace("_ARRAY", "");
        String word = plain.charAt(0) + plain.substring(1).toLowerCase(Locale.ROOT);
        yield isArray() ? word + "Array" : word;
      }
    };
  }
}
