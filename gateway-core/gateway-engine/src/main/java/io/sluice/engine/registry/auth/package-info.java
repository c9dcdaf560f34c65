/**
 * Who may connect as which device or consumer: checks of what peers show, their order and their
 * bounds. Called by adapters through {@code api.adapter.Access}; never blocks its caller.
 */
package io.sluice.engine.registry.auth;
