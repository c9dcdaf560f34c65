package io.sluice.engine.record;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a {@code .proto} of messages of fields, one oneof each, and enumerations: what the
 * published schema is made of. What else stands in it is a fault, so that nothing is passed over.
 */
final class ProtoFile {
  private static final Pattern TOKEN = Pattern.compile("\"[^\"]*\"|[\\w.]+|[{}=;]");

  private final List<String> tokens = new ArrayList<>();
  private final FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
  private int at;

  private ProtoFile(String text) {
    Matcher matcher = TOKEN.matcher(text.replaceAll("//[^\n]*", ""));
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
  }

  static FileDescriptor read(Path path) throws IOException, DescriptorValidationException {
    return read(Files.readString(path));
  }

  static FileDescriptor read(String text) throws DescriptorValidationException {
    ProtoFile proto = new ProtoFile(text);
    proto.file.setName("sluice-record.proto");
    while (proto.at < proto.tokens.size()) {
      proto.statement();
    }
    return FileDescriptor.buildFrom(proto.file.build(), new FileDescriptor[0]);
  }

  private String next() {
    return tokens.get(at++);
  }

  private void expect(String token) {
    String found = next();
    if (!found.equals(token)) {
      throw new IllegalArgumentException(token + " expected, not " + found);
    }
  }

  private void statement() {
    switch (next()) {
      case "syntax" -> {
        expect("=");
        file.setSyntax(next().replace("\"", ""));
        expect(";");
      }
      case "package" -> {
        file.setPackage(next());
        expect(";");
      }
      case "option" -> {
        while (!tokens.get(at).equals(";")) {
          at++;
        }
        expect(";");
      }
      case "message" -> file.addMessageType(message());
      case "enum" -> file.addEnumType(enumeration());
      default -> throw new IllegalArgumentException(tokens.get(at - 1));
    }
  }

  private EnumDescriptorProto enumeration() {
    EnumDescriptorProto.Builder made = EnumDescriptorProto.newBuilder().setName(next());
    expect("{");
    for (String name = next(); !name.equals("}"); name = next()) {
      expect("=");
      made.addValue(
          EnumValueDescriptorProto.newBuilder().setName(name).setNumber(Integer.parseInt(next())));
      expect(";");
    }
    return made.build();
  }

  private DescriptorProto message() {
    DescriptorProto.Builder made = DescriptorProto.newBuilder().setName(next());
    expect("{");
    List<FieldDescriptorProto> optional = new ArrayList<>();
    for (String word = next(); !word.equals("}"); word = next()) {
      switch (word) {
        case "oneof" -> {
          int place = made.getOneofDeclCount();
          made.addOneofDecl(OneofDescriptorProto.newBuilder().setName(next()));
          expect("{");
          for (String type = next(); !type.equals("}"); type = next()) {
            made.addField(field(type).setOneofIndex(place));
          }
        }
        case "repeated" -> made.addField(field(next()).setLabel(Label.LABEL_REPEATED));
        case "optional" -> optional.add(field(next()).setProto3Optional(true).build());
        default -> made.addField(field(word));
      }
    }
    // each of those has a oneof of its own, behind the others
    for (FieldDescriptorProto each : optional) {
      made.addField(each.toBuilder().setOneofIndex(made.getOneofDeclCount()));
      made.addOneofDecl(OneofDescriptorProto.newBuilder().setName("_" + each.getName()));
    }
    return made.build();
  }

  private FieldDescriptorProto.Builder field(String type) {
    FieldDescriptorProto.Builder made =
        FieldDescriptorProto.newBuilder().setName(next()).setLabel(Label.LABEL_OPTIONAL);
    expect("=");
    made.setNumber(Integer.parseInt(next()));
    expect(";");
    return Character.isUpperCase(type.charAt(0))
        ? made.setTypeName(type)
        : made.setType(FieldDescriptorProto.Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)));
  }
}
