/**
 * The process itself: its heap, its signals and the notices to the service manager. {@code Wiring}
 * and {@code run} use it.
 */
package io.sluice.app.process;
