/**
 * Devices, their credentials, sessions, claims and commands. Adapters reach it through {@code
 * api.adapter}, operators through {@code api.admin}, the store through {@code api.store}.
 */
package io.sluice.engine.registry;
