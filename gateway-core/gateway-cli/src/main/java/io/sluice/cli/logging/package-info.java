/** Where and in which form the log goes. Loaded by the logging library and by {@code run}. */
package io.sluice.cli.logging;
