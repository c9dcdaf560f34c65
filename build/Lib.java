import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Makes the folder of libraries ready for an archive: {@code Lib.java FOLDER ARCH}.
 *
 * <ul>
 *   <li>{@code sluice.jar} names the others in an order of their own: an AOT cache fits one class
 *       path only, and {@code lib/*} has the order of the file system.
 *   <li>{@code native/} has the native libraries of the architecture, which would else be unpacked
 *       into the temporary folder at each start; jars of other architectures' ones go.
 *   <li>Signatures of jars go: a signed class cannot be in an AOT cache, and nothing checks them.
 * </ul>
 */
final class Lib {
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  public static void main(String[] args) throws IOException {
    Path lib = Path.of(args[0]);
    boolean isX86 = args[1].equals("x86_64");
    String other = isX86 ? "-linux-aarch_64.jar" : "-linux-x86_64.jar";
    String sqlite = "org/sqlite/native/Linux/" + args[1] + "/libsqlitejdbc.so";
    Path natives = Files.createDirectories(lib.resolve("native"));
    List<String> names = new ArrayList<>();
    for (Path jar : jars(lib)) {
      String name = jar.getFileName().toString();
      if (name.endsWith(other)) {
        Files.delete(jar);
        continue;
      }
      names.add(name);
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        List<? extends ZipEntry> entries = zip.stream().toList();
        for (ZipEntry entry : entries) {
          String path = entry.getName();
          if (path.equals(sqlite) || path.matches("META-INF/native/libnetty_\\w+\\.so")) {
            Files.write(natives.resolve(Path.of(path).getFileName()), bytes(zip, entry));
          }
        }
        if (entries.stream().anyMatch(Lib::isSignature)) {
          Files.write(jar, unsigned(zip, entries));
        }
      }
    }
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, "io.sluice.app.Main");
    main.put(Attributes.Name.CLASS_PATH, String.join(" ", names));
    try (OutputStream out = Files.newOutputStream(lib.resolve("sluice.jar"));
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(untimed("META-INF/MANIFEST.MF"));
      manifest.write(jar);
      jar.closeEntry();
    }
  }

  private static List<Path> jars(Path lib) throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  private static boolean isSignature(ZipEntry entry) {
    return entry.getName().matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
  }

  private static byte[] unsigned(ZipFile zip, List<? extends ZipEntry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (ZipEntry entry : entries) {
        if (!isSignature(entry)) {
          out.putNextEntry(untimed(entry.getName()));
          out.write(
              entry.getName().equals("META-INF/MANIFEST.MF")
                  ? withoutDigests(zip, entry)
                  : bytes(zip, entry));
          out.closeEntry();
        }
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] withoutDigests(ZipFile zip, ZipEntry entry) throws IOException {
    Manifest manifest;
    try (InputStream in = zip.getInputStream(entry)) {
      manifest = new Manifest(in);
    }
    manifest.getEntries().clear();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    manifest.write(bytes);
    return bytes.toByteArray();
  }

  private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readAllBytes();
    }
  }

  private static ZipEntry untimed(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(NO_TIME);
    return entry;
  }
}
