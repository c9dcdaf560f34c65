package io.sluice.cli.doctor;

import io.sluice.cli.config.PortRequirement;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Whether the listeners' addresses can be had. */
final class PortCheck {
  private PortCheck() {}

  /**
   * @param isRunning whether a gateway holds the data directory: the ports are its own then
   */
  static List<Finding> of(List<PortRequirement> ports, boolean isRunning) {
    List<Finding> findings = new ArrayList<>();
    for (PortRequirement port : ports) {
      findings.add(of(port, isRunning));
    }
    return findings;
  }

  private static Finding of(PortRequirement port, boolean isRunning) {
    String where = port.kind() + " " + port.address();
    try {
      bind(port);
      return Finding.ok("port", where + " is free");
    } catch (BindException e) {
      String why = String.valueOf(e.getMessage());
      if (why.contains("Permission")) {
        return Finding.fail(
            "port",
            where + " is below 1024 and not for this user",
            "take a port from 1024, or AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit");
      }
      if (why.contains("assign")) {
        return Finding.fail(
            "port", where + " is no address of this machine", "see ip address; 0.0.0.0 takes all");
      }
      return isRunning
          ? Finding.ok("port", where + " is taken, a gateway runs on this data directory")
          : Finding.fail(
              "port",
              where + " is taken",
              "end the program that has it (ss -lptun sport = :"
                  + port.port()
                  + "), or take another");
    } catch (UnknownHostException e) {
      return Finding.fail(
          "port", where + " cannot be resolved", "write an address of this machine");
    } catch (IOException e) {
      return Finding.fail("port", where + ": " + e.getMessage(), "take another");
    }
  }

  private static void bind(PortRequirement port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(port.host(), port.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException(port.host());
    }
    if (port.isUdp()) {
      new DatagramSocket(address).close();
    } else {
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(
            true); // as the gateway does: connections just ended are no hindrance
        socket.bind(address);
      }
    }
  }
}
