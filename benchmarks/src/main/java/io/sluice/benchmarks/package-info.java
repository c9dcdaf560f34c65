/** What each hot step costs, by JMH: time and allocation a message. */
package io.sluice.benchmarks;
