package io.sluice.admin.resource;

import static io.sluice.admin.http.Workers.blocking;

import io.sluice.admin.http.Answers;
import io.sluice.admin.http.BadRequestException;
import io.sluice.admin.http.MediaType;
import io.sluice.admin.http.Query;
import io.sluice.api.config.TextFile;
import io.sluice.api.operator.DeviceImporter;
import io.sluice.api.operator.DeviceImporter.ImportFormat;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.charset.CharacterCodingException;

/** {@code POST /api/v1/devices/import}: a device file, CSV or YAML, at once. */
public final class ImportResource {
  static final String PATH = "/api/v1/devices/import";
  private static final long MAX_BYTES = 64L << 20;

  private final DeviceImporter importer;

  public ImportResource(DeviceImporter importer) {
    this.importer = importer;
  }

  public void mount(Router router) {
    router
        .post(PATH)
        .handler(BodyHandler.create(false).setBodyLimit(MAX_BYTES))
        .handler(Query.takes())
        .handler(blocking(this::take));
  }

  private static String text(Buffer body) {
    try {
      return TextFile.decode(body.getBytes());
    } catch (CharacterCodingException e) {
      throw new BadRequestException(
          "the file is no UTF-8 text (a spreadsheet's \"CSV\" is often Windows-1252); save it as"
              + " \"CSV UTF-8\"");
    }
  }

  private void take(RoutingContext ctx) {
    String type = MediaType.of(ctx);
    Buffer body = ctx.body().buffer();
    boolean isCsv = type.equals("text/csv");
    if (!isCsv && !type.equals("application/yaml")) {
      Answers.error(ctx, 415, "send the file as Content-Type: text/csv or application/yaml");
    } else if (body == null || body.length() == 0) {
      throw new BadRequestException("the body is empty; send the file");
    } else {
      String text = text(body);
      Answers.json(
          ctx, 200, importer.importDevices(isCsv ? ImportFormat.CSV : ImportFormat.YAML, text));
    }
  }
}
