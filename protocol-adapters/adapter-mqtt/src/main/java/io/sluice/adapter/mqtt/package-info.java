/** The MQTT 3.1.1 and 5.0 server. A connection knows; one handler per packet type does. */
package io.sluice.adapter.mqtt;
