/**
 * The devices in memory and in the store, the rules that they fulfil, and what operators change of
 * one. Everything else of the registry that looks a device up or changes one calls it.
 */
package io.sluice.engine.registry.device;
