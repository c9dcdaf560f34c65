/**
 * The registry as the rest of the gateway sees it, and the wiring of its parts, each in a package
 * below. Adapters reach it through {@code api.adapter}, operators through {@code api.operator}, the
 * store through {@code api.store}.
 */
package io.sluice.engine.registry;
