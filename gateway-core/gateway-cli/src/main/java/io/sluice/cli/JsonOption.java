package io.sluice.cli;

import picocli.CommandLine.Option;

/** The option {@code --json}, for commands that print tables. */
public final class JsonOption {
  @Option(names = "--json", description = "Print the API's JSON.")
  private boolean json;

  public boolean isWanted() {
    return json;
  }
}
