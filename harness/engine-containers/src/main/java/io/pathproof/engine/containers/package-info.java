/**
 * The engine whose array is a set of containers on Docker networks and whose links are Toxiproxy
 * proxies. Hosts are sessions of our own initiator in this JVM.
 */
package io.pathproof.engine.containers;
