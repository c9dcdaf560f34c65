package io.sluice.cli.config;

import io.sluice.api.operator.Operations.CertificateView;
import io.sluice.api.tls.PemFiles;
import io.sluice.api.tls.RevocationLists;
import io.sluice.api.tls.TlsFiles;
import io.sluice.api.tls.TlsSettings;
import io.sluice.api.tls.TlsWarning;
import io.sluice.engine.config.GatewayConfig;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All files with certificates and revocation lists that a configuration names: listeners, admin,
 * upstreams and whatever else is reached by TLS. Immutable.
 */
public final class CertificateFiles {
  /** What was found, and when the files end. */
  public record Looked(List<Warned> warnings, List<CertificateView> views) {}

  /**
   * @param place of the configuration, such as {@code listeners.mqtts.tls}
   */
  public record Warned(String place, TlsWarning warning) {
    public String text() {
      return place + ": " + warning;
    }
  }

  /** A place that names files of its own. */
  private sealed interface Place {
    String name();

    List<Path> files();
  }

  private record Server(String name, TlsSettings settings) implements Place {
    @Override
    public List<Path> files() {
      return settings.files();
    }
  }

  private record Plain(String name, Path file, boolean isOwn) implements Place {
    @Override
    public List<Path> files() {
      return List.of(file);
    }
  }

  private final List<Place> places = new ArrayList<>();

  private CertificateFiles() {}

  public static CertificateFiles of(GatewayConfig config) {
    CertificateFiles files = new CertificateFiles();
    config
        .listeners()
        .forEach((name, listener) -> files.gather("listeners." + name, listener.settings()));
    files.gather("admin", config.admin());
    config
        .upstreams()
        .forEach(upstream -> files.gather("upstreams." + upstream.name(), upstream.settings()));
    config.sections().forEach(files::gather);
    return files;
  }

  private void gather(String name, @Nullable Object value) {
    switch (value) {
      case TlsSettings settings -> places.add(new Server(name, settings));
      case Record settings -> {
        for (RecordComponent component : settings.getClass().getRecordComponents()) {
          gather(name, component, SettingsTree.value(settings, component));
        }
      }
      case Map<?, ?> map -> map.forEach((key, each) -> gather(name + "." + key, each));
      case List<?> list -> list.forEach(each -> gather(name, each));
      case null, default -> {}
    }
  }

  private void gather(String name, RecordComponent component, @Nullable Object value) {
    String key = kebab(component.getName());
    if (value instanceof Path file) {
      boolean isOwn = key.equals("certificate") || key.endsWith("-certificate");
      if (isOwn || key.equals("ca") || key.endsWith("-ca")) {
        places.add(new Plain(name + "." + key, file, isOwn));
      }
    } else {
      gather(name + "." + key, value);
    }
  }

  private static String kebab(String component) {
    return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** Every file, to be watched. */
  public List<Path> files() {
    return places.stream().flatMap(place -> place.files().stream()).distinct().toList();
  }

  public boolean isEmpty() {
    return places.isEmpty();
  }

  /** Reads all of them. */
  public Looked look(Instant now) {
    List<Warned> warnings = new ArrayList<>();
    List<CertificateView> views = new ArrayList<>();
    for (Place place : places) {
      try {
        switch (place) {
          case Server server -> look(server, now, warnings, views);
          case Plain plain -> look(plain, now, warnings, views);
        }
      } catch (IOException e) {
        warnings.add(
            new Warned(
                place.name(),
                new TlsWarning(
                    String.valueOf(e.getMessage()), "what was read before stays in use", true)));
      }
    }
    return new Looked(List.copyOf(warnings), List.copyOf(views));
  }

  private static void look(
      Server server, Instant now, List<Warned> warnings, List<CertificateView> views)
      throws IOException {
    TlsFiles files = TlsFiles.read(server.settings());
    files.warnings(now).forEach(warning -> warnings.add(new Warned(server.name(), warning)));
    views.add(view(server.name(), "certificate", files.expiry()));
    RevocationLists revocations = files.revocations();
    Instant end = revocations.expiry();
    if (end != null) {
      views.add(view(server.name(), "crl", end));
    }
  }

  private static CertificateView view(String place, String kind, Instant expiry) {
    return new CertificateView(place, kind, expiry.toEpochMilli() * 1_000);
  }

  private static void look(
      Plain plain, Instant now, List<Warned> warnings, List<CertificateView> views)
      throws IOException {
    List<X509Certificate> certificates = PemFiles.certificates(plain.file());
    String whose = plain.isOwn() ? "the certificate " : "the authority ";
    for (X509Certificate each : certificates) {
      TlsFiles.validity(whose, each, now)
          .ifPresent(warning -> warnings.add(new Warned(plain.name(), warning)));
    }
    if (plain.isOwn()) {
      views.add(
          view(plain.name(), "certificate", certificates.getFirst().getNotAfter().toInstant()));
    }
  }
}
