package io.sluice.cli.offline;

import io.sluice.api.operator.AdminRole;
import io.sluice.cli.ExitCode;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "admin-token",
    description = "Makes a token for the admin API and the line that lets it in.",
    footer = "The token is shown this once; the configuration keeps its hash alone.")
public final class AdminTokenCommand implements Callable<Integer> {
  private static final int BYTES = 32;

  @Spec private CommandSpec spec;

  @Option(names = "--name", paramLabel = "NAME", required = true, description = "Whose it is.")
  private String name;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      required = true,
      description = "What it may do: ${COMPLETION-CANDIDATES}.")
  private AdminRole role;

  @Override
  public Integer call() {
    byte[] bits = new byte[BYTES];
    new SecureRandom().nextBytes(bits);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    PrintWriter out = spec.commandLine().getOut();
    out.println("token: " + token);
    out.println("below admin: tokens: of the configuration:");
    out.printf(
        "  - { name: %s, role: %s, hash: \"sha256:%s\" }%n",
        name, role.name().toLowerCase(Locale.ROOT), sha256(token));
    out.flush();
    return ExitCode.DONE;
  }

  private static String sha256(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
