package io.sluice.engine.registry.provision;

import io.sluice.api.DeviceId;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import io.sluice.api.operator.DeviceDirectory.CredentialSpec;
import io.sluice.api.operator.DeviceDirectory.DeviceSpec;
import io.sluice.api.operator.DeviceDirectory.PskSpec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One device of a device file, as it is written there. */
public record DeviceFileEntry(
    @Option(
            doc = "Id of the device, unique in the gateway.",
            required = true,
            pattern = DeviceFileEntry.ID,
            hint = "write 1 to 128 letters, digits and . _ : @ -, and not . or .. alone")
        String id,
    @Option(doc = "Id of its device profile.", required = true) String profile,
    @Option(
            doc = "factory, farm, public-service, emergency or a sector of your own.",
            required = true)
        String sector,
    @Option(doc = "Where it stands.", required = true) String site,
    @Option(doc = "Report interval that replaces the profile's.", min = 10)
        @Nullable Duration interval,
    @Option(
            doc = "Id of the concentrator that may publish for it.",
            pattern = DeviceFileEntry.ID,
            hint = "write the id of a device of these files")
        @Nullable String parent,
    @Option(doc = "Whether it belongs to the plan of the site.", def = "true") boolean planned,
    @Option(doc = "Whether it is expected to report.", def = "true") boolean commissioned,
    @Option(doc = "What it must show to be let in.") @Nullable CredentialEntry credentials,
    @Option(
            doc =
                "Zone of the times that it writes without one, such as Asia/Kolkata or +05:30."
                    + " Default: that of its site, else of its profile.")
        @Nullable String timezone) {
  static final String ID = "(?!\\.{1,2}$)[A-Za-z0-9._:@-]{1,128}";

  /** What a device must show to be let in. One of them is enough. */
  public record CredentialEntry(
      @Option(doc = "Password; the user name is the device id.") @Nullable Secret password,
      @Option(doc = "Token of 16 characters or more, random.") @Nullable Secret token,
      @Option(doc = "Pre-shared key for DTLS.") @Nullable PskEntry psk,
      @Option(doc = "Subject of its certificate, such as CN=press-07.")
          @Nullable String certificate,
      @Option(
              doc =
                  "Name of the authority (access.authorities or access.just-in-time) that alone may"
                      + " give that subject. Without it any authority of the listener may, but for"
                      + " those of just-in-time.")
          @Nullable String certificateAuthority,
      @Option(
              doc =
                  "Raw public key for DTLS (RFC 7250): SubjectPublicKeyInfo in PEM or its Base64.")
          @Nullable String publicKey,
      @Option(
              doc =
                  "Device secret of a vendor's sign-in (Alink, IoTDA, OneNET, Tencent, Azure), as"
                      + " the vendor gave it. It is kept readable, as a pre-shared key is.")
          @Nullable Secret secret) {
    private CredentialSpec spec() {
      return new CredentialSpec(
          password == null ? null : password.value(),
          token == null ? null : token.value(),
          psk == null ? null : new PskSpec(psk.identity(), psk.key().value()),
          certificate,
          certificateAuthority,
          publicKey,
          secret == null ? null : secret.value());
    }
  }

  /** A pre-shared key. */
  public record PskEntry(
      @Option(doc = "Identity that the device sends.", required = true) String identity,
      @Option(doc = "Key, 16 to 128 hexadecimal digits.", required = true) Secret key) {}

  DeviceSpec spec() {
    return new DeviceSpec(
        new DeviceId(id),
        profile,
        sector,
        site,
        interval,
        parent == null ? null : new DeviceId(parent),
        planned,
        commissioned,
        credentials == null ? null : credentials.spec(),
        timezone);
  }
}
