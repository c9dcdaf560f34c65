/**
 * The small texts of a dialect's file: a pattern that takes a field apart, a template that puts one
 * together. Knows nothing of sign-ins, topics or messages; called by the packages beside it.
 */
package io.sluice.engine.dialect.form;
