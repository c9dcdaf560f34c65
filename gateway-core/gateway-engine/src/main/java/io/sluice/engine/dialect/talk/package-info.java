/**
 * What is published to vendors' devices: replies to their messages and commands in their forms, and
 * how their answers are known. Knows no network: it makes topics and payloads, and the adapters
 * send them.
 */
package io.sluice.engine.dialect.talk;
