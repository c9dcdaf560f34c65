package io.sluice.app.process;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import org.jspecify.annotations.Nullable;

/** The heap of this process under the serial collector, by its management interface. */
public final class SerialHeap implements HeapTrimmer.Heap {
  private final MemoryPoolMXBean old;
  private final GarbageCollectorMXBean young;
  private final HotSpotDiagnosticMXBean machine;

  private SerialHeap(
      MemoryPoolMXBean old, GarbageCollectorMXBean young, HotSpotDiagnosticMXBean machine) {
    this.old = old;
    this.young = young;
    this.machine = machine;
  }

  /** Null where the collector is another, which its user has chosen and tunes. */
  public static @Nullable SerialHeap ofThisProcess() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      for (GarbageCollectorMXBean young : ManagementFactory.getGarbageCollectorMXBeans()) {
        if (machine != null
            && pool.getName().equals("Tenured Gen")
            && young.getName().equals("Copy")) {
          return new SerialHeap(pool, young, machine);
        }
      }
    }
    return null;
  }

  @Override
  public long youngCollections() {
    return young.getCollectionCount();
  }

  @Override
  public long oldBytes() {
    return old.getUsage().getCommitted();
  }

  @Override
  public long oldUsedBytes() {
    return old.getUsage().getUsed();
  }

  @Override
  public int ratio() {
    return Integer.parseInt(machine.getVMOption("NewRatio").getValue());
  }

  @Override
  public long mostBytes() {
    return Runtime.getRuntime().maxMemory();
  }

  @Override
  public void collect(int leastFree, int mostFree) {
    // the least is never above the most, on the way neither
    machine.setVMOption("MinHeapFreeRatio", "0");
    machine.setVMOption("MaxHeapFreeRatio", String.valueOf(mostFree));
    machine.setVMOption("MinHeapFreeRatio", String.valueOf(leastFree));
    System.gc();
  }
}
