import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Makes the folder of libraries ready for an archive: {@code Lib.java FOLDER ARCH [MAIN]}.
 *
 * <ul>
 *   <li>{@code sluice.jar} names the others in an order of their own: an AOT cache fits one class
 *       path only, and {@code lib/*} has the order of the file system.
 *   <li>{@code native/} has the native libraries of the architecture, which would else be unpacked
 *       into the temporary folder at each start; jars of other architectures' ones go.
 *   <li>A library's jar stays as it was published, but for two kinds that an AOT cache could not
 *       take: a signed one loses its signature, and classes of before Java 6 get the format of Java
 *       8. {@code CHANGED.txt} names each, with the reason and both hashes.
 *   <li>RocksDB's jar, of the fleet's archive alone, loses the native libraries of all platforms: 180
 *       MB. That of the architecture is in {@code native/}, and {@code CHANGED.txt} says so.
 *   <li>The project's own jars lose the names of local variables, which the virtual machine would
 *       keep in memory for a debugger; line numbers stay.
 * </ul>
 */
final class Lib {
  private static final String OWN = "own";
  private static final int JAVA_6 = 50;
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  public static void main(String[] args) throws IOException {
    Path lib = Path.of(args[0]);
    boolean isX86 = args[1].equals("x86_64");
    String other = isX86 ? "-linux-aarch_64.jar" : "-linux-x86_64.jar";
    String main = args.length > 2 ? args[2] : "io.sluice.app.Main";
    String rocks = isX86 ? "librocksdbjni-linux64.so" : "librocksdbjni-linux-aarch64.so";
    String sqlite = "org/sqlite/native/Linux/" + args[1] + "/libsqlitejdbc.so";
    Path natives = Files.createDirectories(lib.resolve("native"));
    List<String> names = new ArrayList<>();
    StringBuilder changed =
        new StringBuilder(
            "Libraries that are not as they were published, each with the reason.\n");
    SlimClasses classes = new SlimClasses(jars(lib));
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
          if (path.equals(sqlite)
              || path.equals(rocks)
              || path.matches("META-INF/native/libnetty_\\w+\\.so")) {
            Files.write(natives.resolve(Path.of(path).getFileName()), bytes(zip, entry));
          }
        }
        String reason = reason(zip, entries);
        if (reason.isEmpty()) {
          continue;
        }
        byte[] slim = slim(zip, entries, classes);
        if (!reason.equals(OWN)) {
          changed.append(
              "%n%s: %s%n  published %s%n  here      %s%n"
                  .formatted(name, reason, sha256(Files.readAllBytes(jar)), sha256(slim)));
        }
        Files.write(jar, slim);
      }
    }
    Files.writeString(lib.resolve("CHANGED.txt"), changed);
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, main);
    attributes.put(Attributes.Name.CLASS_PATH, String.join(" ", names));
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

  /** Why a jar is written anew; nothing where it stays as it is. */
  private static String reason(ZipFile zip, List<? extends ZipEntry> entries) throws IOException {
    if (entries.stream().anyMatch(entry -> entry.getName().startsWith("io/sluice/"))) {
      return OWN;
    }
    if (entries.stream().anyMatch(Lib::isSignature)) {
      return "the signature is taken off";
    }
    if (entries.stream().anyMatch(Lib::isNativeOfRocks)) {
      return "native libraries of all platforms are taken out; that of this one is in native/";
    }
    for (ZipEntry entry : entries) {
      if (entry.getName().endsWith(".class") && major(bytes(zip, entry)) < JAVA_6) {
        return "classes of before Java 6 have the format of Java 8";
      }
    }
    return "";
  }

  /** The format of a class (JVMS 4.1). */
  private static int major(byte[] type) {
    return (type[6] & 0xff) << 8 | (type[7] & 0xff);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static boolean isSignature(ZipEntry entry) {
    return entry.getName().matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
  }

  private static boolean isNativeOfRocks(ZipEntry entry) {
    return entry.getName().startsWith("librocksdbjni-");
  }

  private static byte[] slim(ZipFile zip, List<? extends ZipEntry> entries, SlimClasses classes)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (ZipEntry entry : entries) {
        String name = entry.getName();
        if (isSignature(entry) || isNativeOfRocks(entry)) {
          continue;
        }
        out.putNextEntry(untimed(name));
        if (name.equals("META-INF/MANIFEST.MF")) {
          out.write(withoutDigests(zip, entry));
        } else if (name.endsWith(".class") && !name.endsWith("module-info.class")) {
          out.write(classes.slim(bytes(zip, entry)));
        } else {
          out.write(bytes(zip, entry));
        }
        out.closeEntry();
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

  /** What the virtual machine keeps of each class, without what only a debugger would ask for. */
  private static final class SlimClasses {
    private final ClassFile format;
    private final Map<String, byte[]> all = new HashMap<>();

    SlimClasses(List<Path> jars) throws IOException {
      for (Path jar : jars) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
          for (ZipEntry entry : zip.stream().toList()) {
            if (entry.getName().endsWith(".class")) {
              all.putIfAbsent(entry.getName(), bytes(zip, entry));
            }
          }
        }
      }
      format =
          ClassFile.of(
              ClassFile.DebugElementsOption.DROP_DEBUG,
              ClassFile.ConstantPoolSharingOption.NEW_POOL,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(this::find)
                      .orElse(ClassHierarchyResolver.defaultResolver())
                      .cached()));
    }

    private InputStream find(ClassDesc type) {
      String name = type.descriptorString();
      byte[] bytes = all.get(name.substring(1, name.length() - 1) + ".class");
      return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    /** As it is where a class it mentions is not there, or its code is of a kind no longer made. */
    byte[] slim(byte[] bytes) {
      try {
        ClassModel model = format.parse(bytes);
        byte[] slim =
            format.transformClass(
                model,
                ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                    .andThen(SlimClasses::newEnough));
        return format.verify(slim).isEmpty() ? slim : bytes;
      } catch (IllegalArgumentException e) {
        return bytes;
      }
    }

    private static void newEnough(ClassBuilder builder, ClassElement element) {
      if (element instanceof ClassFileVersion version
          && version.majorVersion() < ClassFile.JAVA_8_VERSION) {
        builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
      } else {
        builder.with(element);
      }
    }
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
