/**
 * Who is in the lab and how it is wired: hosts, adapters, fabrics, the array, links. Plain data and
 * its loader; nothing here runs.
 */
package io.pathproof.lab.topology;
