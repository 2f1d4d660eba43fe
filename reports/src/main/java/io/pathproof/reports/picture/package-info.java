/**
 * Pictures as self-contained SVG: no script, no outer reference, colours for light and dark. Drawn
 * from the history alone.
 */
package io.pathproof.reports.picture;
