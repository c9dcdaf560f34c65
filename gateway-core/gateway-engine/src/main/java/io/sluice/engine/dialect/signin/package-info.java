/**
 * How vendors' devices name and prove themselves at CONNECT: the {@code sign-in} of a dialect's
 * file. Knows no device and no registry; the access port asks it for claims and has the registry
 * check them.
 */
package io.sluice.engine.dialect.signin;
