package io.sluice.codec.sparkplug;

import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts tables cell by cell: {@code name.row.column}, rows from 0. Not thread-safe. Fields of
 * DataSet: num_of_columns 1, columns 2, types 3, rows 4; of Row: elements 1.
 */
final class DataSets {
  /** Cells that are kept of one table, at most. */
  static final int MAX_CELLS = 2_000;

  private final Wire wire = new Wire();
  private final List<String> columns = new ArrayList<>();
  private final List<DataType> types = new ArrayList<>();

  void put(byte[] bytes, int from, int to, String path, MeasurementSink out)
      throws PayloadException {
    columns.clear();
    types.clear();
    int rows = 0;
    wire.over(bytes, from, to);
    while (wire.next()) {
      switch (wire.field) {
        case 2 -> add(columns, wire.text());
        case 3 -> type();
        case 4 -> {
          rows++;
          wire.skip();
        }
        default -> wire.skip();
      }
    }
    if (types.size() != columns.size()) {
      out.refuse(
          path,
          "is a DataSet of %d columns and %d types; send a type for each"
              .formatted(columns.size(), types.size()));
    } else if ((long) rows * columns.size() > MAX_CELLS) {
      out.refuse(
          path,
          "is a DataSet of %d cells; at most %d are kept"
              .formatted((long) rows * columns.size(), MAX_CELLS));
    } else {
      putRows(bytes, from, to, path, out);
    }
  }

  private static void add(List<String> to, String column) throws PayloadException {
    if (to.size() == MAX_CELLS) {
      throw new PayloadException("a DataSet has more than " + MAX_CELLS + " columns; send fewer");
    }
    to.add(column);
  }

  /** Types may come one by one, or packed. */
  private void type() throws PayloadException {
    if (wire.type != Wire.BYTES) {
      addType(wire.number());
      return;
    }
    int outer = wire.enter();
    while (wire.at() < wire.end()) {
      addType(wire.packed());
    }
    wire.leave(outer);
  }

  private void addType(long number) throws PayloadException {
    if (types.size() == MAX_CELLS) {
      throw new PayloadException("a DataSet has more than " + MAX_CELLS + " types; send fewer");
    }
    types.add(DataType.of(Math.clamp(number, -1, 99)));
  }

  private void putRows(byte[] bytes, int from, int to, String path, MeasurementSink out)
      throws PayloadException {
    int row = 0;
    wire.over(bytes, from, to);
    while (wire.next()) {
      if (wire.field != 4) {
        wire.skip();
        continue;
      }
      int outer = wire.enter();
      int column = 0;
      while (wire.next()) {
        if (wire.field == 1 && column < columns.size()) {
          int cell = wire.enter();
          cell(path + '.' + row + '.' + columns.get(column), types.get(column), out);
          wire.leave(cell);
          column++;
        } else {
          wire.skip();
        }
      }
      wire.leave(outer);
      row++;
    }
  }

  /** A DataSetValue: int 1, long 2, float 3, double 4, boolean 5, string 6; none: null. */
  private void cell(String path, DataType type, MeasurementSink out) throws PayloadException {
    while (wire.next()) {
      switch (wire.field) {
        case 1, 2, 5 -> {
          var _ =
              ValueReader.number(
                  wire.field == 5 ? Metrics.BOOLEAN : Metrics.LONG, wire.number(), path, type, out);
        }
        case 3 -> {
          var _ = ValueReader.number(Metrics.FLOAT, wire.float32(), path, type, out);
        }
        case 4 -> {
          var _ = ValueReader.number(Metrics.DOUBLE, wire.float64(), path, type, out);
        }
        case 6 -> {
          var _ = ValueReader.text(wire.text(), path, type, out);
        }
        default -> wire.skip();
      }
    }
  }
}
