/** What the sockets of simulated devices share: transports, addresses, the limit of open files. */
package io.sluice.sim.net;
