/**
 * The alarm book, the supervision of devices and the escalation of what nobody acknowledges. Reads
 * what the spool has stored; never on an event loop nor in the way of an acknowledgement.
 */
package io.sluice.engine.alarm;
