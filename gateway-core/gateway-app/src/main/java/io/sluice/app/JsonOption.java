package io.sluice.app;

import picocli.CommandLine.Option;

/** The option {@code --json}, for commands that print tables. */
final class JsonOption {
  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  boolean isWanted() {
    return json;
  }
}
