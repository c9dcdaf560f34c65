/**
 * What takes vendors' messages apart: of which device they are, and what of them is the device's
 * and what the vendor's frame. Rules of dialects name them; {@code ingest} asks them for each
 * message whose topic such a rule takes. The class of a vendor is loaded when a dialect names it.
 */
package io.sluice.engine.dialect.unpack;
