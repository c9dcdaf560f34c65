/**
 * A gateway and a simulated fleet in one process. It sees the gateway by {@code RunningGateway},
 * which {@code gateway-app} gives in.
 */
package io.sluice.cli.demo;
