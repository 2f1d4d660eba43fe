/**
 * What was seen of an array, a path or an I/O: plain data that engines report and histories keep.
 */
package io.pathproof.lab.observed;
