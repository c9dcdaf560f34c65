package io.sluice.app;

import io.sluice.api.operator.UpstreamService;
import io.sluice.api.store.StoreUnavailableException;
import io.sluice.engine.forward.Forwarder;
import io.sluice.spool.ReaderStats;
import io.sluice.spool.Spool;
import java.io.IOException;
import java.util.List;

/** Pauses and resumes forwarders, and gives up places of those that are gone. */
record ForwarderService(List<Forwarder> forwarders, Spool spool) implements UpstreamService {
  @Override
  public List<ParkedView> parked() {
    List<ReaderStats> ledger = spool.ledger();
    return spool.parkedReaders().stream()
        .map(name ->
            new ParkedView(
                name,
                ledger.stream()
                    .filter(line -> line.reader().equals(name))
                    .mapToLong(ReaderStats::queued)
                    .sum()))
        .toList();
  }

  @Override
  public boolean pause(String name) {
    return with(name, Forwarder::pause);
  }

  @Override
  public boolean resume(String name) {
    return with(name, Forwarder::resume);
  }

  private interface Act {
    void on(Forwarder forwarder) throws IOException;
  }

  private boolean with(String name, Act act) {
    for (Forwarder forwarder : forwarders) {
      if (forwarder.name().equals(name)) {
        try {
          act.on(forwarder);
        } catch (IOException e) {
          throw new StoreUnavailableException(
              "upstream " + name + ": done, but not kept for the next start: " + e.getMessage(), e);
        }
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean forget(String name) throws IOException {
    return spool.forgetReader(name);
  }
}
