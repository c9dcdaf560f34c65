/**
 * What a payload would become, told without storing it: for whoever writes profiles and dialects.
 */
package io.sluice.engine.decode;
