package io.sluice.adapter.testkit;

class MemoryStoreTest implements StoreContract {
  @Override
  public Place place() {
    return new MemoryStore.Shared();
  }
}
