package io.sluice.engine.normalize.codec;

import io.sluice.api.codec.MeasurementSink;
import io.sluice.api.codec.PayloadException;
import io.sluice.engine.normalize.sample.FieldFaults;
import io.sluice.engine.normalize.sample.Samples;

/** Hands columns over to a sink, as the codec that filled them would have done. */
final class SampleReplay {
  private SampleReplay() {}

  static void to(MeasurementSink out, Samples samples) throws PayloadException {
    int refused = 0;
    for (int i = 0; i < samples.count; i++) {
      if (i > 0 && isApart(samples, i)) {
        out.sample();
      }
      if (samples.times[i] != Samples.NO_TIME) {
        out.time(samples.times[i]);
      }
      if (samples.bad[i] == null) {
        put(out, samples, i);
      } else {
        out.refuse(samples.nameOf(i), "the value is bad: " + samples.bad[i]);
        refused++;
      }
    }
    if (samples.count == 0 && samples.time != Samples.NO_TIME) {
      out.time(samples.time);
    }
    FieldFaults faults = samples.faults();
    if (faults != null && faults.type() + faults.sensor() + faults.range() > refused) {
      out.refuse("", faults.detail());
    }
    if (samples.historical) {
      out.historical();
    }
  }

  /** A sink has one time for each sample. */
  private static boolean isApart(Samples samples, int index) {
    return samples.ordinals[index] != samples.ordinals[index - 1]
        || samples.times[index] != samples.times[index - 1];
  }

  private static void put(MeasurementSink out, Samples samples, int index) throws PayloadException {
    String name = samples.nameOf(index);
    switch (samples.kinds[index]) {
      case LONG -> out.put(name, samples.bits[index]);
      case DOUBLE -> out.put(name, Double.longBitsToDouble(samples.bits[index]));
      case TRUE -> out.put(name, true);
      case FALSE -> out.put(name, false);
      case STRING -> out.put(name, String.valueOf(samples.objects[index]));
      case BYTES -> {
        if (samples.objects[index] instanceof byte[] bytes) {
          out.put(name, bytes);
        }
      }
    }
  }
}
