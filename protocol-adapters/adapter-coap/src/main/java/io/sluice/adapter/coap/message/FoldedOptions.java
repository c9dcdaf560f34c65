package io.sluice.adapter.coap.message;

import io.sluice.api.adapter.Awaited;
import io.sluice.api.adapter.Ingress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.californium.core.coap.OptionSet;

/**
 * Path and query as modems with a command line write them: the whole path in one Uri-Path option,
 * with a slash before it or the query behind it, and several parameters in one Uri-Query. They are
 * taken apart where the parts make a path that there is; else they stay what they are (RFC 7252
 * section 5.10.1), and no such path is found. Pure.
 */
public final class FoldedOptions {
  /** Where one parameter ends and another of ours begins; a token may have an ampersand. */
  private static final Pattern NEXT_PARAMETER = Pattern.compile("&(?=(?:d|k|ack)=)");

  private final Ingress ingress;

  public FoldedOptions(Ingress ingress) {
    this.ingress = ingress;
  }

  /** Takes them apart in place. */
  void unfold(OptionSet options) {
    if (options.getURIPathCount() == 1) {
      path(options);
    }
    List<String> query = options.getUriQuery();
    if (query.stream().anyMatch(one -> one.startsWith("?") || one.indexOf('&') >= 0)) {
      List<String> parameters = new ArrayList<>();
      query.forEach(one -> addParameters(parameters, one));
      options.clearUriQuery();
      parameters.forEach(options::addUriQuery);
    }
  }

  private void path(OptionSet options) {
    String whole = options.getUriPath().getFirst();
    int mark = whole.indexOf('?');
    if (mark < 0 && whole.indexOf('/') < 0) {
      return;
    }
    String path = mark < 0 ? whole : whole.substring(0, mark);
    int from = path.startsWith("/") ? 1 : 0;
    int to = path.endsWith("/") ? path.length() - 1 : path.length();
    String topic = from < to ? path.substring(from, to) : "";
    List<String> segments = Arrays.asList(topic.split("/", -1));
    if (segments.contains("") || !isThere(topic)) {
      return;
    }
    options.clearUriPath();
    segments.forEach(options::addUriPath);
    if (mark >= 0 && mark < whole.length() - 1) {
      List<String> parameters = new ArrayList<>();
      addParameters(parameters, whole.substring(mark));
      parameters.forEach(options::addUriQuery);
    }
  }

  private boolean isThere(String topic) {
    return maps(topic)
        || PublicResources.NAMES.contains(topic)
        || topic.equals("command")
        || topic.startsWith("command/");
  }

  /** Called by Californium's own threads, one of which may wait for what is there once. */
  private boolean maps(String topic) {
    try {
      return ingress.maps(topic);
    } catch (Awaited paths) {
      paths.ready().toCompletableFuture().join();
      return ingress.maps(topic);
    }
  }

  private static void addParameters(List<String> parameters, String folded) {
    String bare = folded.startsWith("?") ? folded.substring(1) : folded;
    parameters.addAll(Arrays.asList(NEXT_PARAMETER.split(bare, -1)));
  }
}
