/**
 * Who may ask, and for what: TLS of the listener, tokens and certificates, roles, and requests of
 * foreign pages. The routes put it in front of every resource.
 */
package io.sluice.admin.security;
