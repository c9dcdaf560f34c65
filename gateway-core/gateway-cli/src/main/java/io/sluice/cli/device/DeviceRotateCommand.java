package io.sluice.cli.device;

import io.sluice.api.config.TextFile;
import io.sluice.cli.AdminClient;
import io.sluice.cli.AdminOptions;
import io.sluice.cli.CommandFailure;
import io.sluice.cli.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "rotate",
    description = "Gives a device new credentials; those before may stay valid for a while.",
    footer = "Secrets are asked for or read from files, so that no list of processes shows them.")
final class DeviceRotateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "ID", description = "Its id.")
  private String id;

  @Option(
      names = "--password",
      paramLabel = "PASSWORD",
      arity = "0..1",
      interactive = true,
      description = "New password; asked for where the value is left out.")
  private char @Nullable [] password;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "File that holds the new password.")
  private @Nullable Path passwordFile;

  @Option(
      names = "--certificate",
      paramLabel = "SUBJECT",
      description = "Subject of the new certificate: CN=press-07.")
  private @Nullable String certificate;

  @Option(
      names = "--public-key",
      paramLabel = "PEM",
      description = "PEM file of the new raw public key.")
  private @Nullable Path publicKey;

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "File that holds the new device secret of a vendor's sign-in.")
  private @Nullable Path secretFile;

  @Option(
      names = "--psk-identity",
      paramLabel = "NAME",
      description = "Identity of the new pre-shared key.")
  private @Nullable String pskIdentity;

  @Option(
      names = "--psk-key-file",
      paramLabel = "FILE",
      description = "File that holds the key, hexadecimal.")
  private @Nullable Path pskKeyFile;

  @Option(
      names = "--overlap",
      paramLabel = "D",
      defaultValue = "0s",
      description = "How long those before stay valid: 1h (default: they end at once).")
  private String overlap;

  @Override
  public Integer call() throws CommandFailure {
    ObjectNode body = AdminClient.JSON.createObjectNode();
    body.put("overlap", overlap);
    ObjectNode credentials = body.putObject("credentials");
    if (password != null) {
      credentials.put("password", new String(password));
    }
    if (passwordFile != null) {
      credentials.put("password", content(passwordFile));
    }
    if (certificate != null) {
      credentials.put("certificate", certificate);
    }
    if (publicKey != null) {
      credentials.put("public-key", content(publicKey));
    }
    if (secretFile != null) {
      credentials.put("secret", content(secretFile));
    }
    if (pskIdentity != null && pskKeyFile != null) {
      credentials.putObject("psk").put("identity", pskIdentity).put("key", content(pskKeyFile));
    }
    if (credentials.isEmpty()) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "no credential given; add --password, --certificate, --public-key, --secret-file, or"
              + " --psk-identity and --psk-key-file");
    }
    try (AdminClient client = admin.client()) {
      client.require(
          client.send("POST", "/api/v1/devices/" + AdminClient.encoded(id) + "/credentials", body));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(id + " has new credentials");
    out.flush();
    return ExitCode.DONE;
  }

  private static String content(Path file) throws CommandFailure {
    try {
      return TextFile.secret(file);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.USAGE,
          e.getCause() instanceof CharacterCodingException
              ? String.valueOf(e.getMessage())
              : file + " cannot be read",
          e);
    }
  }
}
