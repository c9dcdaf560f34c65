package io.sluice.sim.link;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.sluice.sim.pki.DeviceAuthority;
import io.sluice.sim.pki.DeviceAuthority.Identity;
import io.sluice.sim.scenario.DeviceSpec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What devices with a certificate show, and whom they trust. A device gets a new key and
 * certificate for each connection: nothing is kept for it in between. Safe for use by any thread.
 */
public final class DeviceTls {
  private final DeviceAuthority authority;
  private final DeviceAuthority stranger;
  private final List<X509Certificate> trusted;

  private DeviceTls(DeviceAuthority authority, List<X509Certificate> trusted)
      throws GeneralSecurityException {
    this.authority = authority;
    this.stranger = DeviceAuthority.stranger();
    this.trusted = trusted;
  }

  /**
   * Takes the authority of a folder, or makes one there.
   *
   * @param ca whose certificate the server has, PEM; null: the same authority's
   * @throws IOException says which file is of no use
   */
  public static DeviceTls open(Path folder, @Nullable Path ca) throws IOException {
    DeviceAuthority authority = DeviceAuthority.open(folder);
    try {
      return new DeviceTls(
          authority,
          ca == null ? List.of(authority.certificate()) : DeviceAuthority.certificates(ca));
    } catch (GeneralSecurityException e) {
      throw new IOException(ca + ": no PEM certificates can be read from it", e);
    }
  }

  /**
   * For devices without certificates.
   *
   * @param ca whose certificate the server has, PEM
   * @throws IOException says why the file is of no use
   */
  public static DeviceTls trusting(Path ca) throws IOException {
    try {
      return new DeviceTls(DeviceAuthority.stranger(), DeviceAuthority.certificates(ca));
    } catch (GeneralSecurityException e) {
      throw new IOException(ca + ": no PEM certificates can be read from it", e);
    }
  }

  /**
   * TLS for one connection; a device without certificate shows none.
   *
   * @param isLying the certificate is of an authority that nobody trusts
   */
  SslHandler handler(
      ByteBufAllocator allocator, DeviceSpec spec, boolean isLying, InetSocketAddress server)
      throws IOException, GeneralSecurityException {
    String subject = spec.certificate();
    SslContextBuilder made =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK) // of OpenSSL's each context would want its release
            .trustManager(trusted);
    if (subject != null) {
      Identity identity = (isLying ? stranger : authority).client(subject);
      made.keyManager(identity.key(), identity.certificate());
    }
    SslContext context = made.build();
    return context.newHandler(allocator, server.getHostString(), server.getPort());
  }
}
