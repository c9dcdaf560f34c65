/** The process itself: its heap and its signals. {@code Wiring} and {@code run} use it. */
package io.sluice.app.process;
