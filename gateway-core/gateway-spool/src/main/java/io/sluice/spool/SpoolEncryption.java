package io.sluice.spool;

import io.sluice.api.config.Checked;
import io.sluice.api.config.Option;
import io.sluice.api.config.Secret;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encryption of what the spool keeps on disk: {@code spool.encryption}. */
public record SpoolEncryption(
    @Option(
            doc =
                "AES-256 key: 64 hexadecimal digits, or 32 bytes in Base64. Keep a copy elsewhere:"
                    + " without it nothing that is queued can be read.",
            required = true)
        Secret key,
    @Option(
            doc =
                "Whether what was written before encryption began is read: until-drained takes it"
                    + " until the last of it is gone, never sets it aside as damaged.",
            def = "until-drained")
        AcceptPlain acceptPlain)
    implements Checked {
  /** What becomes of plain segments. */
  public enum AcceptPlain {
    UNTIL_DRAINED,
    NEVER
  }

  private static final int KEY_BYTES = 32;

  public SpoolEncryption(Secret key) {
    this(key, AcceptPlain.UNTIL_DRAINED);
  }

  @Override
  public List<Problem> problems() {
    return bytes() != null
        ? List.of()
        : List.of(
            new Problem(
                "key",
                "must be 32 bytes in hexadecimal or Base64; make one: openssl rand -hex 32"));
  }

  /** The key, null where the text is none. */
  public byte @Nullable [] bytes() {
    String text = key.value();
    try {
      byte[] bytes =
          text.length() == 2 * KEY_BYTES
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text);
      return bytes.length == KEY_BYTES ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
