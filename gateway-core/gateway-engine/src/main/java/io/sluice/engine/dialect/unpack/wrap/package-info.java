/** What stands around what takes messages apart: it unpacks them first, or knows them again. */
package io.sluice.engine.dialect.unpack.wrap;
