package io.sluice.trial.stage;

import java.io.IOException;

/** A gateway or an instance of the view: a process with an admin API. Of one thread. */
public final class Member {
  private static final long READY_SECONDS = 120;
  private static final long END_SECONDS = 60;

  private final String name;
  private final Child child;
  private final Api api;

  Member(String name, Child child, int adminPort) {
    this.name = name;
    this.child = child;
    this.api = new Api(adminPort);
  }

  public String name() {
    return name;
  }

  public Api api() {
    return api;
  }

  void begin() throws IOException {
    child.begin();
  }

  void awaitReady() throws IOException, InterruptedException {
    child.await("ready ", READY_SECONDS);
  }

  /** Starts it, once more, and waits until it serves. */
  public void start() throws IOException, InterruptedException {
    begin();
    awaitReady();
  }

  /** kill -9. */
  public void kill() {
    child.kill();
  }

  /** Asks it to end. */
  void terminate() {
    child.terminate();
  }

  /** Asks it to end, and waits for that; whether it did in time. */
  public boolean end() throws InterruptedException {
    return child.end(END_SECONDS);
  }

  /** Whether its process is there. */
  public boolean isAlive() {
    return child.isAlive();
  }

  @Override
  public String toString() {
    return name;
  }
}
