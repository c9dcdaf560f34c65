package io.sluice.adapter.http.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.adapter.http.request.HttpLoop;
import io.sluice.adapter.http.request.HttpOptions;
import io.sluice.adapter.http.request.RequestService;
import io.sluice.adapter.http.wire.HttpConnection;
import io.sluice.adapter.netty.BeforeAdmission;
import io.sluice.adapter.netty.ListenerSpec;
import io.sluice.adapter.netty.SocketProtocol;
import io.sluice.adapter.netty.TcpListener;
import io.sluice.api.adapter.Adapter;
import io.sluice.api.adapter.AdapterContext;
import io.sluice.api.adapter.Drain;
import io.sluice.api.adapter.Endpoint;
import io.sluice.api.adapter.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One HTTP listener. The pipeline is put together here and nowhere else. */
public final class HttpAdapter implements Adapter {
  private final ListenerSpec spec;
  private final HttpOptions options;
  private @Nullable TcpListener<HttpLoop> listener;

  public HttpAdapter(ListenerSpec spec, HttpOptions options) {
    this.spec = spec;
    this.options = options;
  }

  @Override
  public void start(AdapterContext gateway) throws IOException {
    listener = TcpListener.start(spec, new Http(gateway), gateway);
  }

  /** What the listener puts into the pipeline of each connection. */
  private final class Http implements SocketProtocol<HttpLoop> {
    private final AdapterContext gateway;
    private final RequestService service;

    private Http(AdapterContext gateway) {
      this.gateway = gateway;
      this.service = new RequestService(gateway, options);
    }

    @Override
    public HttpLoop loop(EventLoop loop) {
      return new HttpLoop(loop);
    }

    @Override
    public void addHandlers(Channel channel, HttpLoop loop, Peer peer, BeforeAdmission before) {
      channel
          .pipeline()
          .addLast(
              new HttpConnection(
                  channel, loop, service, options, peer, before, gateway.access().enter(peer)));
    }
  }

  private TcpListener<HttpLoop> started() {
    TcpListener<HttpLoop> own = listener;
    if (own == null) {
      throw new IllegalStateException("not started");
    }
    return own;
  }

  @Override
  public List<Endpoint> endpoints() {
    return started().endpoints();
  }

  /** The bound address, with the real port where 0 was configured. Only after start. */
  public InetSocketAddress address() {
    return started().address();
  }

  @Override
  public void drain(Drain drain) {
    started().drain(drain);
  }

  @Override
  public void resume() {
    started().resume();
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close();
    }
  }
}
